package org.millrace.relay.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Parts;
import org.millrace.relay.config.FlumeTypes.FlumeType;
import org.millrace.relay.config.FlumeTypes.TypeKind;
import org.millrace.relay.plugin.ByClassName;
import org.millrace.relay.plugin.PlugIns;
import org.millrace.relay.plugin.Problem;
import org.millrace.relay.plugin.Provided;

/** The component types that are there: ours, those on the class path, and those of plug-ins. One thread. */
public final class ComponentCatalog {
    private final PlugIns plugIns;
    private final List<Problem> clashes = new ArrayList<>();
    private final Types<ComponentFactory.OfSource> sources;
    private final Types<ComponentFactory.OfChannel> channels;
    private final Types<ComponentFactory.OfSink> sinks;
    private final Types<ComponentFactory.OfInterceptor> interceptors;
    private final Types<ComponentFactory.OfSelector> selectors;
    private final Types<ComponentFactory.OfSinkProcessor> sinkProcessors;
    private final Types<ComponentFactory.OfConfigFilter> configFilters;
    private final Map<Class<? extends ComponentFactory>, Types<? extends ComponentFactory>> parts =
            new LinkedHashMap<>();

    /** These and no others, without config filters; classes are found by name on the class path. */
    public ComponentCatalog(
            Iterable<ComponentFactory.OfSource> sources,
            Iterable<ComponentFactory.OfChannel> channels,
            Iterable<ComponentFactory.OfSink> sinks,
            Iterable<ComponentFactory.OfInterceptor> interceptors,
            Iterable<ComponentFactory.OfSelector> selectors,
            Iterable<ComponentFactory.OfSinkProcessor> sinkProcessors) {
        this(sources, channels, sinks, interceptors, selectors, sinkProcessors, List.of());
    }

    public ComponentCatalog(
            Iterable<ComponentFactory.OfSource> sources,
            Iterable<ComponentFactory.OfChannel> channels,
            Iterable<ComponentFactory.OfSink> sinks,
            Iterable<ComponentFactory.OfInterceptor> interceptors,
            Iterable<ComponentFactory.OfSelector> selectors,
            Iterable<ComponentFactory.OfSinkProcessor> sinkProcessors,
            Iterable<ComponentFactory.OfConfigFilter> configFilters) {
        this.plugIns = PlugIns.none();
        this.sources = new Types<>(TypeKind.SOURCE, ComponentFactory.OfSource.class, own(sources));
        this.channels = new Types<>(TypeKind.CHANNEL, ComponentFactory.OfChannel.class, own(channels));
        this.sinks = new Types<>(TypeKind.SINK, ComponentFactory.OfSink.class, own(sinks));
        this.interceptors = new Types<>(TypeKind.INTERCEPTOR, ComponentFactory.OfInterceptor.class, own(interceptors));
        this.selectors = new Types<>(TypeKind.SELECTOR, ComponentFactory.OfSelector.class, own(selectors));
        this.sinkProcessors =
                new Types<>(TypeKind.SINK_PROCESSOR, ComponentFactory.OfSinkProcessor.class, own(sinkProcessors));
        this.configFilters =
                new Types<>(TypeKind.CONFIG_FILTER, ComponentFactory.OfConfigFilter.class, own(configFilters));
        findParts();
    }

    private ComponentCatalog(PlugIns plugIns) {
        this.plugIns = plugIns;
        this.sources = types(TypeKind.SOURCE, ComponentFactory.OfSource.class);
        this.channels = types(TypeKind.CHANNEL, ComponentFactory.OfChannel.class);
        this.sinks = types(TypeKind.SINK, ComponentFactory.OfSink.class);
        this.interceptors = types(TypeKind.INTERCEPTOR, ComponentFactory.OfInterceptor.class);
        this.selectors = types(TypeKind.SELECTOR, ComponentFactory.OfSelector.class);
        this.sinkProcessors = types(TypeKind.SINK_PROCESSOR, ComponentFactory.OfSinkProcessor.class);
        this.configFilters = types(TypeKind.CONFIG_FILTER, ComponentFactory.OfConfigFilter.class);
        findParts();
        plugIns.noteSilentOnes();
    }

    private void findParts() {
        for (PartKind kind : PartKind.values()) {
            parts.put(kind.contract(), types(kind.type(), kind.contract()));
        }
    }

    /** What is on the class path. */
    public static ComponentCatalog ofClassPath() {
        return new ComponentCatalog(PlugIns.none());
    }

    /** What is on the class path, and in plug-ins. */
    public static ComponentCatalog of(PlugIns plugIns) {
        return new ComponentCatalog(plugIns);
    }

    /** As {@link #of}, with the plug-ins that the launcher found. */
    public static ComponentCatalog ofProcess() {
        return new ComponentCatalog(PlugIns.of(System.getProperty(PlugIns.PATH_PROPERTY, "")));
    }

    private static <F extends ComponentFactory> List<Provided<F>> own(Iterable<F> factories) {
        return StreamSupport.stream(factories.spliterator(), false)
                .map(factory -> new Provided<>(factory, ""))
                .toList();
    }

    private <F extends ComponentFactory> Types<F> types(TypeKind kind, Class<F> contract) {
        return new Types<>(kind, contract, plugIns.factories(contract));
    }

    /** What is wrong with the plug-ins. */
    public List<Problem> problems() {
        List<Problem> all = new ArrayList<>(plugIns.problems());
        all.addAll(clashes);
        return all;
    }

    void report(Findings findings) {
        for (Problem problem : problems()) {
            Place place = new Place(problem.place(), 0);
            if (problem.isMistake()) {
                findings.mistake(place, "", problem.message());
            } else {
                findings.note(place, "", problem.message());
            }
        }
    }

    /** What to write for a type in a file: Flume's alias for a class of Flume's. */
    String aliasOf(String kind, String type) {
        return Stream.of(sources, channels, sinks, interceptors, selectors, sinkProcessors, configFilters)
                .filter(types -> types.kind.noun().equals(kind))
                .findFirst()
                .map(types -> types.aliasOf(type))
                .orElse(type);
    }

    /** The parts that components are made of. */
    Parts parts() {
        return new Parts() {
            @Override
            public <F extends ComponentFactory> List<F> all(Class<F> kind) {
                return partTypes(kind).factories().stream()
                        .map(Provided::factory)
                        .toList();
            }

            @Override
            public <F extends ComponentFactory> F named(Class<F> kind, String name) {
                return partTypes(kind).part(name);
            }
        };
    }

    @SuppressWarnings("unchecked") // each stands under its own contract
    <F extends ComponentFactory> Types<F> partTypes(Class<F> contract) {
        return (Types<F>) Objects.requireNonNull(parts.get(contract), contract.getName());
    }

    Types<ComponentFactory.OfSource> sources() {
        return sources;
    }

    Types<ComponentFactory.OfChannel> channels() {
        return channels;
    }

    Types<ComponentFactory.OfSink> sinks() {
        return sinks;
    }

    Types<ComponentFactory.OfInterceptor> interceptors() {
        return interceptors;
    }

    Types<ComponentFactory.OfSelector> selectors() {
        return selectors;
    }

    Types<ComponentFactory.OfSinkProcessor> sinkProcessors() {
        return sinkProcessors;
    }

    Types<ComponentFactory.OfConfigFilter> configFilters() {
        return configFilters;
    }

    /** The factories of one kind by type name. */
    final class Types<F extends ComponentFactory> {
        private final TypeKind kind;
        private final Class<F> contract;
        private final Map<String, Provided<F>> byName = new LinkedHashMap<>();
        private final List<String> aliases = new ArrayList<>();

        private Types(TypeKind kind, Class<F> contract, List<Provided<F>> all) {
            this.kind = kind;
            this.contract = contract;
            all.forEach(this::add);
            if (PartKind.isOf(kind)) {
                return; // in the order of their service file: the usual one first
            }
            aliases.sort(null);
        }

        /** The first one has the name: our own come before those of plug-ins. */
        private void add(Provided<F> provided) {
            List<String> names = provided.factory().typeNames();
            for (String name : names) {
                Provided<F> other = byName.get(name.toLowerCase(Locale.ROOT));
                if (other != null) {
                    clashes.add(new Problem(
                            place(provided),
                            kind.noun() + " type " + name + ": " + place(other) + " has it too (expected: one of them)",
                            true));
                    return;
                }
            }
            aliases.add(names.get(0));
            names.forEach(name -> byName.put(name.toLowerCase(Locale.ROOT), provided));
        }

        private String place(Provided<F> provided) {
            return provided.origin().isEmpty() ? "Millrace itself, or its class path," : provided.origin();
        }

        /** The factory for the type that the component's settings name; null is a mistake, and has been reported. */
        @Nullable
        F factory(ComponentSettings settings) {
            String type = settings.settings().string("type").orElse("");
            if (type.isEmpty()) {
                settings.problem("type", "missing (expected: " + choices() + ")");
                return null;
            }
            Provided<F> provided = byName.get(type.toLowerCase(Locale.ROOT));
            if (provided != null) {
                return provided.factory();
            }
            ByClassName<F> found = type.contains(".") && FlumeTypes.find(kind, type) == null
                    ? plugIns.named(type, contract)
                    : new ByClassName<>(null, "");
            if (found.factory() == null) {
                settings.problem(
                        "type", type + " (" + (found.whyNot().isEmpty() ? whyNot(type) : found.whyNot()) + ")");
            }
            return found.factory();
        }

        /**
         * The factory that the name of a part means.
         *
         * @throws IllegalArgumentException if there is none; its message says what there is to know beside what there is to choose from
         */
        F part(String name) {
            Provided<F> provided = byName.get(name.toLowerCase(Locale.ROOT));
            if (provided != null) {
                return provided.factory();
            }
            ByClassName<F> found = name.contains(".") ? plugIns.named(name, contract) : new ByClassName<>(null, "");
            if (found.factory() != null) {
                return found.factory();
            }
            if (!found.whyNot().isEmpty()) {
                throw new IllegalArgumentException(found.whyNot());
            }
            throw new IllegalArgumentException(
                    name.contains(".")
                            ? "classes written for Flume are not loaded, and no plug-in has such a class: one of your own"
                                    + " comes in a jar in plugins.d"
                            : Nearest.to(name, byName.keySet())
                                    .map(meant -> "did you mean " + aliasOf(meant) + "?")
                                    .orElse(null));
        }

        /** Each once, by alias. */
        List<Provided<F>> factories() {
            return aliases.stream()
                    .map(alias -> Objects.requireNonNull(byName.get(alias.toLowerCase(Locale.ROOT))))
                    .toList();
        }

        @Nullable
        F named(String alias) {
            Provided<F> provided = byName.get(alias);
            return provided == null ? null : provided.factory();
        }

        private String aliasOf(String type) {
            Provided<F> provided = byName.get(type.toLowerCase(Locale.ROOT));
            return provided == null ? type : provided.factory().typeNames().get(0);
        }

        private String whyNot(String type) {
            FlumeType flumes = FlumeTypes.find(kind, type);
            if (flumes != null) {
                return (flumes.isPlanned()
                                ? "not supported yet"
                                : "Flume's, and not a part of Millrace: see docs/reference.md")
                        + "; expected: " + choices();
            }
            String plugIn = type.contains(".")
                    ? "; no plug-in has such a class: one of your own comes in a jar in plugins.d"
                    : "";
            return "expected: " + choices() + Nearest.hint(type, byName.keySet()) + plugIn;
        }

        private String choices() {
            String type = (kind == TypeKind.INTERCEPTOR ? "an " : "a ") + kind.noun() + " type";
            return aliases.isEmpty() ? type + ", but none is installed" : type + ": " + String.join(", ", aliases);
        }
    }
}
