package org.millrace.relay.config;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ComponentFactory;
import org.millrace.api.ConfigFilter;
import org.millrace.api.ConfigFilterContext;
import org.millrace.relay.plugin.PlugInException;

/**
 * The config filters of an agent, each made when a value first refers to it, and those that none refers to at last, so that their
 * mistakes are found too. One thread.
 */
final class ConfigFilters {
    /** {@code FILTER['key']}, with either quotes or none. */
    private static final Pattern REFERENCE = Pattern.compile("([^\\[\\]]+)\\[(['\"]?)([-\\w]+)\\2]");

    private final AgentLines agent;
    private final ComponentCatalog catalog;
    private final Environment environment;
    private final Findings findings;
    private final Function<Property, Property> resolve;
    /** Null for one with a mistake, which has been reported. */
    private final Map<String, @Nullable ConfigFilter> made = new HashMap<>();

    /**
     * @param agent with its lines as they stand in the files
     * @param resolve resolves what a filter's own values refer to
     */
    ConfigFilters(
            AgentLines agent,
            ComponentCatalog catalog,
            Environment environment,
            Findings findings,
            Function<Property, Property> resolve) {
        this.agent = agent;
        this.catalog = catalog;
        this.environment = environment;
        this.findings = findings;
        this.resolve = resolve;
    }

    /** What came of a reference: a value, or why there is none. */
    record Answer(@Nullable String value, String problem) {}

    /** True if the name between <code>${</code> and <code>}</code> has the shape of a reference to a filter. */
    static boolean isReference(String name) {
        return REFERENCE.matcher(name).matches();
    }

    /** Asks the filter that a reference names. */
    Answer answer(String reference) {
        Matcher parts = REFERENCE.matcher(reference);
        if (!parts.matches()) {
            return new Answer(null, "not a reference to a config filter");
        }
        String name = parts.group(1);
        Set<String> declared = agent.declared(Kind.CONFIG_FILTER);
        if (!declared.contains(name)) {
            return new Answer(
                    null,
                    declared.isEmpty()
                            ? "there is no config filter " + name + "; expected: one in " + agent.name()
                                    + ".configfilters"
                            : "expected: one of the config filters " + String.join(", ", declared)
                                    + Nearest.hint(name, declared));
        }
        ConfigFilter filter = filter(name);
        if (filter == null) {
            return new Answer(null, "config filter " + name + " has a mistake");
        }
        try {
            String value = filter.value(parts.group(3));
            return new Answer(value, "config filter " + name + " has no value for it");
        } catch (ConfigFilter.FilterException e) {
            return new Answer(null, "config filter " + name + ": " + e.getMessage());
        } catch (PlugInException e) {
            return new Answer(null, "config filter " + name + " failed: " + e.getMessage());
        } catch (RuntimeException | LinkageError e) {
            return new Answer(null, "config filter " + name + " failed: " + whatFailed(e));
        }
    }

    /** Without the message: unlike that of a {@link ConfigFilter.FilterException} it may tell a secret. */
    private static String whatFailed(Throwable failure) {
        StackTraceElement[] stack = failure.getStackTrace();
        return failure.getClass().getName() + (stack.length == 0 ? "" : " at " + stack[0]);
    }

    /** Makes those that nobody referred to. */
    void checkAll() {
        agent.declared(Kind.CONFIG_FILTER).forEach(this::filter);
    }

    private @Nullable ConfigFilter filter(String name) {
        if (!made.containsKey(name)) {
            made.put(name, null); // while it is made: its own values cannot refer to it
            made.put(name, make(name));
        }
        return made.get(name);
    }

    private @Nullable ConfigFilter make(String name) {
        ComponentLines raw = agent.component(Kind.CONFIG_FILTER, name);
        Map<String, Property> lines = new LinkedHashMap<>();
        raw.lines().forEach((key, line) -> lines.put(key, resolve.apply(line)));
        Property list = agent.list(Kind.CONFIG_FILTER);
        Place home = raw.place(list == null ? new Place("", 0) : list.place());
        ComponentSettings settings = new ComponentSettings(raw.prefix(), lines, home, findings);
        ComponentFactory.OfConfigFilter factory = catalog.configFilters().factory(settings);
        if (factory == null) {
            return null;
        }
        ConfigFilterContext context = new ConfigFilterContext(agent.name(), name, environment.variables());
        ConfigFilter filter = Workshop.made(settings, () -> factory.create(context, settings.settings()));
        settings.reportUnknownKeys(Set.of());
        return settings.isGood() ? filter : null;
    }
}
