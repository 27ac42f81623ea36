package org.millrace.relay.config;

import com.codahale.metrics.MetricRegistry;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.millrace.api.ChannelContext;
import org.millrace.api.ChannelMetrics;
import org.millrace.api.ComponentFactory;
import org.millrace.api.ConfigFilterContext;
import org.millrace.api.InterceptorContext;
import org.millrace.api.SelectorContext;
import org.millrace.api.Settings;
import org.millrace.api.SinkContext;
import org.millrace.api.SinkGroupContext;
import org.millrace.api.SinkGroupMetrics;
import org.millrace.api.SinkMetrics;
import org.millrace.api.SourceContext;
import org.millrace.api.SourceMetrics;
import org.millrace.relay.config.FlumeTypes.TypeKind;
import org.millrace.relay.plugin.Provided;

/** Finds out what there is to know about all types of component: has each of them made with no settings at all, and drops it. */
public final class ComponentReferences {
    private static final String AGENT = "AGENT";
    private static final String NAME = "NAME";

    private final MetricRegistry registry = new MetricRegistry();
    private final InstantSource clock = InstantSource.system();
    private final List<ComponentReference> all = new ArrayList<>();

    private ComponentReferences() {}

    /** All types of a catalog, by kind and name. */
    public static List<ComponentReference> of(ComponentCatalog catalog) {
        ComponentReferences references = new ComponentReferences();
        references.collect(catalog);
        return references.all;
    }

    /**
     * Flume's types of component, and whether they are here.
     *
     * @param kind such as {@code source}
     * @param type what to write in a file
     */
    public record FlumePart(String kind, String type, State state) {}

    /** Whether we have what Flume has. */
    public enum State {
        /** It is here. */
        HERE("yes"),
        /** It will be. */
        NOT_YET("not yet"),
        /** It is not for a relay tier. A plug-in may bring it. */
        NOT_PLANNED("no: not for a relay tier; a plug-in may bring it");

        private final String words;

        State(String words) {
            this.words = words;
        }

        /** For a table. */
        public String words() {
            return words;
        }
    }

    /** All that Flume 1.11 has, by kind. */
    public static List<FlumePart> flumeParts(List<ComponentReference> ours) {
        List<FlumePart> parts = new ArrayList<>();
        for (TypeKind kind : TypeKind.values()) {
            for (FlumeTypes.FlumeType type : FlumeTypes.of(kind)) {
                boolean isHere = ours.stream()
                        .filter(reference -> reference.kind().equals(kind.noun()))
                        .flatMap(reference -> reference.typeNames().stream())
                        .anyMatch(type.name()::equalsIgnoreCase);
                State missing = type.isPlanned() ? State.NOT_YET : State.NOT_PLANNED;
                parts.add(new FlumePart(kind.noun(), type.name(), isHere ? State.HERE : missing));
            }
        }
        return parts;
    }

    private void collect(ComponentCatalog catalog) {
        ChannelStandIn channel = new ChannelStandIn(NAME);
        add(
                TypeKind.SOURCE,
                catalog.sources(),
                (factory, settings) -> factory.create(
                        new SourceContext(AGENT, NAME, InletStandIn.INSTANCE, new SourceMetrics(NAME, registry), clock),
                        settings));
        add(
                TypeKind.CHANNEL,
                catalog.channels(),
                (factory, settings) -> factory.create(
                        new ChannelContext(AGENT, NAME, new ChannelMetrics(NAME, registry), clock), settings));
        add(
                TypeKind.SINK,
                catalog.sinks(),
                (factory, settings) -> factory.create(
                        new SinkContext(AGENT, NAME, channel, new SinkMetrics(NAME, registry), clock), settings));
        add(
                TypeKind.SELECTOR,
                catalog.selectors(),
                (factory, settings) -> factory.create(
                        new SelectorContext(AGENT, NAME, List.of(channel), new SourceMetrics(NAME, registry), clock),
                        settings));
        add(
                TypeKind.INTERCEPTOR,
                catalog.interceptors(),
                (factory, settings) -> factory.create(
                        new InterceptorContext(AGENT, NAME, NAME, new SourceMetrics(NAME, registry), clock), settings));
        add(
                TypeKind.SINK_PROCESSOR,
                catalog.sinkProcessors(),
                (factory, settings) -> factory.create(
                        new SinkGroupContext(AGENT, NAME, new SinkGroupMetrics(NAME, registry)), List.of(), settings));
        add(
                TypeKind.CONFIG_FILTER,
                catalog.configFilters(),
                (factory, settings) -> factory.create(new ConfigFilterContext(AGENT, NAME, Map.of()), settings));
    }

    private <F extends ComponentFactory> void add(
            TypeKind kind, ComponentCatalog.Types<F> types, BiConsumer<F, Settings> create) {
        for (Provided<F> provided : types.factories()) {
            F factory = provided.factory();
            registry.removeMatching((name, metric) -> true); // each is the only one of its name
            Settings settings = new Settings(Map.of(), Settings.Problems.NOBODY);
            make(provided, settings, create);
            all.add(new ComponentReference(
                    kind.noun(), factory.typeNames(), factory.summary(), settings.definitions(), provided.origin()));
        }
    }

    /** A plug-in that does not bear bad settings is told of with the keys that it read before. */
    private static <F extends ComponentFactory> void make(
            Provided<F> provided, Settings settings, BiConsumer<F, Settings> create) {
        try {
            create.accept(provided.factory(), settings);
        } catch (RuntimeException e) {
            if (provided.origin().isEmpty()) {
                throw e;
            }
        }
    }
}
