package org.millrace.relay.config;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.commons.text.StringSubstitutor;
import org.apache.commons.text.lookup.StringLookup;
import org.apache.commons.text.lookup.StringLookupFactory;
import org.jspecify.annotations.Nullable;

/**
 * Replaces <code>${...}</code> in values: {@code env:}, {@code sys:}, {@code java:}, {@code date:}, another key of the files, or what a
 * config filter has, with defaults ({@code :-}), nesting and the escape <code>$${</code>. No other look-up exists, so that no value can
 * reach a script, a server or a file that no filter names. A key that another refers to is resolved first, whatever their order; what look-ups return is taken as it is.
 */
final class Substitution {
    private final Map<String, Property> properties;
    private final Environment environment;
    private final Findings findings;
    private final Map<String, String> resolved = new HashMap<>();
    /** Keys being resolved, each referring to the next. */
    private final Set<String> open = new LinkedHashSet<>();

    private final Set<String> referenced = new HashSet<>();
    /** Of keys that a config filter had a part in: what it gave. */
    private final Map<String, Set<String>> secrets = new HashMap<>();

    private @Nullable ConfigFilters filters;
    /** What is wrong from here on is nobody's mistake. */
    private boolean quiet;

    Substitution(Map<String, Property> properties, Environment environment, Findings findings) {
        this.properties = properties;
        this.environment = environment;
        this.findings = findings;
    }

    /** The properties with their values resolved; what cannot be resolved is a mistake, and stays as it is. */
    Map<String, Property> resolveAll() {
        return resolveUnder("");
    }

    /** As {@link #resolveAll}, but only keys that start with the prefix, and what those refer to, can be mistakes. */
    Map<String, Property> resolveUnder(String prefix) {
        properties.values().stream()
                .filter(property -> property.key().startsWith(prefix))
                .forEach(this::resolve);
        quiet = true;
        Map<String, Property> all = new LinkedHashMap<>();
        properties.forEach((key, property) -> all.put(key, resolved(property)));
        return all;
    }

    /** From now on references to config filters are asked of these. */
    void askFilters(ConfigFilters asked) {
        filters = asked;
    }

    /** One property with its value resolved. */
    Property resolved(Property property) {
        String value = resolve(property);
        return property.withValue(value, secrets.getOrDefault(property.key(), Set.of()));
    }

    /** Keys that some value refers to: they need not belong to an agent. */
    Set<String> referencedKeys() {
        return referenced;
    }

    private String resolve(Property property) {
        if (!property.value().contains("${")) {
            return property.value();
        }
        String known = resolved.get(property.key());
        if (known != null) {
            return known;
        }
        open.add(property.key());
        String value = substitute(property);
        open.remove(property.key());
        resolved.put(property.key(), value);
        return value;
    }

    /** The substitutor stops at the first unknown name: each in turn is reported, and then stands for itself. */
    private String substitute(Property property) {
        Set<String> unknown = new LinkedHashSet<>();
        while (true) {
            Lookup lookup = new Lookup(property, unknown);
            StringSubstitutor substitutor = new StringSubstitutor(lookup::find)
                    .setEnableSubstitutionInVariables(true)
                    .setDisableSubstitutionInValues(true)
                    .setEnableUndefinedVariableException(true);
            try {
                return substitutor.replace(property.value());
            } catch (IllegalArgumentException e) {
                String name = lookup.missing;
                if (name == null || !unknown.add(name)) {
                    mistake(property.place(), property.key(), "cannot be resolved: " + e.getMessage());
                    return property.value();
                }
                if (!name.contains("${")) { // else it only follows from an unknown name inside
                    String why = lookup.problem.isEmpty() ? expected(name) : lookup.problem;
                    mistake(property.place(), property.key(), "${" + name + "} (" + why + ")");
                }
            }
        }
    }

    private void mistake(Place place, String key, String message) {
        if (!quiet) {
            findings.unresolved(place, key, message);
        }
    }

    private String expected(String name) {
        int colon = name.indexOf(':');
        String prefix = colon < 0 ? "" : name.substring(0, colon).toLowerCase(Locale.ROOT);
        String rest = name.substring(colon + 1);
        String escape = "; a literal one is written $${" + name + "}";
        return switch (prefix) {
            case "env" ->
                "no such environment variable"
                        + Nearest.hint(rest, environment.variables().keySet());
            case "sys" ->
                "no such system property"
                        + Nearest.hint(rest, environment.system().stringPropertyNames());
            case "java" -> "expected: java:version, java:vm, java:runtime, java:os, java:hardware or java:locale";
            case "date" -> "expected: a date pattern, such as ${date:yyyy-MM-dd}";
            case "" -> "no such key in the files" + Nearest.hint(name, properties.keySet()) + escape;
            default -> "expected: env:, sys:, java:, date: or a key of the files" + escape;
        };
    }

    /** Looks names up for one property. */
    private final class Lookup {
        private final Property property;
        private final Set<String> unknown;
        /** The name that was last asked for in vain. */
        private @Nullable String missing;
        /** Why a config filter did not know it; empty if none was asked. */
        private String problem = "";

        Lookup(Property property, Set<String> unknown) {
            this.property = property;
            this.unknown = unknown;
        }

        @Nullable
        String find(String name) {
            if (unknown.contains(name)) {
                return "${" + name + "}";
            }
            problem = "";
            String found = value(name);
            if (found == null) {
                missing = name;
            }
            return found;
        }

        private @Nullable String value(String name) {
            Property other = properties.get(name);
            if (other != null) {
                return valueOf(other);
            }
            if (ConfigFilters.isReference(name)) {
                return filtered(name);
            }
            int colon = name.indexOf(':');
            if (colon < 0) {
                return environment.hasPlainVariables() ? environment.variables().get(name) : null;
            }
            String rest = name.substring(colon + 1);
            return switch (name.substring(0, colon).toLowerCase(Locale.ROOT)) {
                case "env" -> environment.variables().get(rest);
                case "sys" -> environment.system().getProperty(rest);
                case "java" -> orNull(StringLookupFactory.INSTANCE.javaPlatformStringLookup(), rest);
                case "date" -> orNull(StringLookupFactory.INSTANCE.dateStringLookup(), rest);
                default -> null;
            };
        }

        /** Another agent's references are left alone: asking may run a program. */
        private @Nullable String filtered(String reference) {
            if (filters == null || quiet) {
                problem = "no such config filter";
                return null;
            }
            ConfigFilters.Answer answer = filters.answer(reference);
            problem = answer.problem();
            String value = answer.value();
            if (value != null && !value.isEmpty()) {
                keepSecret(Set.of(value));
            }
            return value;
        }

        private void keepSecret(Set<String> parts) {
            secrets.computeIfAbsent(property.key(), key -> new HashSet<>()).addAll(parts);
            parts.forEach(findings::keepSecret);
        }

        private String valueOf(Property other) {
            referenced.add(other.key());
            if (open.contains(other.key())) {
                String path = String.join(" -> ", open);
                mistake(
                        property.place(),
                        property.key(),
                        "${" + other.key() + "} refers back to itself (" + path + " -> " + other.key() + ")");
                return "${" + other.key() + "}";
            }
            String value = resolve(other);
            Set<String> parts = secrets.get(other.key());
            if (parts != null) {
                keepSecret(parts);
            }
            return value;
        }

        /** These two throw where other look-ups answer null. */
        private @Nullable String orNull(StringLookup lookup, String name) {
            try {
                return lookup.apply(name);
            } catch (IllegalArgumentException e) {
                return null;
            }
        }
    }
}
