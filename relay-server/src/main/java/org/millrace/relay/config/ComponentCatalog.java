package org.millrace.relay.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ComponentFactory;
import org.millrace.relay.config.FlumeTypes.FlumeType;
import org.millrace.relay.config.FlumeTypes.TypeKind;

/** The component types that are there: ours, and those of plug-ins on the class path. Immutable. */
public final class ComponentCatalog {
    private final Types<ComponentFactory.OfSource> sources;
    private final Types<ComponentFactory.OfChannel> channels;
    private final Types<ComponentFactory.OfSink> sinks;
    private final Types<ComponentFactory.OfInterceptor> interceptors;
    private final Types<ComponentFactory.OfSelector> selectors;
    private final Types<ComponentFactory.OfSinkProcessor> sinkProcessors;
    private final Types<ComponentFactory.OfConfigFilter> configFilters;

    /** Without config filters. */
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
        this.sources = new Types<>(TypeKind.SOURCE, sources);
        this.channels = new Types<>(TypeKind.CHANNEL, channels);
        this.sinks = new Types<>(TypeKind.SINK, sinks);
        this.interceptors = new Types<>(TypeKind.INTERCEPTOR, interceptors);
        this.selectors = new Types<>(TypeKind.SELECTOR, selectors);
        this.sinkProcessors = new Types<>(TypeKind.SINK_PROCESSOR, sinkProcessors);
        this.configFilters = new Types<>(TypeKind.CONFIG_FILTER, configFilters);
    }

    /** What {@link ServiceLoader} finds. */
    public static ComponentCatalog ofClassPath() {
        return new ComponentCatalog(
                ServiceLoader.load(ComponentFactory.OfSource.class),
                ServiceLoader.load(ComponentFactory.OfChannel.class),
                ServiceLoader.load(ComponentFactory.OfSink.class),
                ServiceLoader.load(ComponentFactory.OfInterceptor.class),
                ServiceLoader.load(ComponentFactory.OfSelector.class),
                ServiceLoader.load(ComponentFactory.OfSinkProcessor.class),
                ServiceLoader.load(ComponentFactory.OfConfigFilter.class));
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
    static final class Types<F extends ComponentFactory> {
        private final TypeKind kind;
        private final Map<String, F> byName = new LinkedHashMap<>();
        private final List<String> aliases = new ArrayList<>();

        private Types(TypeKind kind, Iterable<F> factories) {
            this.kind = kind;
            for (F factory : factories) {
                aliases.add(factory.typeNames().get(0));
                factory.typeNames().forEach(name -> byName.putIfAbsent(name.toLowerCase(Locale.ROOT), factory));
            }
            aliases.sort(null);
        }

        /** The factory for the type that the component's settings name; null is a mistake, and has been reported. */
        @Nullable
        F factory(ComponentSettings settings) {
            String type = settings.settings().string("type").orElse("");
            if (type.isEmpty()) {
                settings.problem("type", "missing (expected: " + choices() + ")");
                return null;
            }
            F factory = byName.get(type.toLowerCase(Locale.ROOT));
            if (factory == null) {
                settings.problem("type", type + " (" + whyNot(type) + ")");
            }
            return factory;
        }

        /** Each once, by alias. */
        List<F> factories() {
            return aliases.stream()
                    .map(alias -> Objects.requireNonNull(byName.get(alias.toLowerCase(Locale.ROOT))))
                    .toList();
        }

        @Nullable
        F named(String alias) {
            return byName.get(alias);
        }

        private String whyNot(String type) {
            FlumeType flumes = FlumeTypes.find(kind, type);
            if (flumes != null) {
                return (flumes.isPlanned()
                                ? "not supported yet"
                                : "Flume's, and not a part of Millrace: see docs/reference.md")
                        + "; expected: " + choices();
            }
            String plugIn =
                    type.contains(".") ? "; a class of your own comes with a factory, in a jar in plugins.d" : "";
            return "expected: " + choices() + Nearest.hint(type, byName.keySet()) + plugIn;
        }

        private String choices() {
            String type = (kind == TypeKind.INTERCEPTOR ? "an " : "a ") + kind.noun() + " type";
            return aliases.isEmpty() ? type + ", but none is installed" : type + ": " + String.join(", ", aliases);
        }
    }
}
