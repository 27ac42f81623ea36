package org.millrace.relay.config;

import com.codahale.metrics.MetricRegistry;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.millrace.api.ChannelContext;
import org.millrace.api.ChannelMetrics;
import org.millrace.api.ComponentFactory;
import org.millrace.api.ConfigFilterContext;
import org.millrace.api.InterceptorContext;
import org.millrace.api.Parts;
import org.millrace.api.SelectorContext;
import org.millrace.api.Settings;
import org.millrace.api.SinkContext;
import org.millrace.api.SinkGroupContext;
import org.millrace.api.SinkGroupMetrics;
import org.millrace.api.SinkMetrics;
import org.millrace.api.SourceContext;
import org.millrace.api.SourceMetrics;
import org.millrace.api.part.FileDeserializer;
import org.millrace.api.part.PartContext;
import org.millrace.relay.config.FlumeTypes.TypeKind;
import org.millrace.relay.plugin.Provided;

/** Finds out what there is to know about all types of component: has each of them made with no settings at all, and drops it. */
public final class ComponentReferences {
    private static final String AGENT = "AGENT";
    private static final String NAME = "NAME";

    private final MetricRegistry registry = new MetricRegistry();
    private final InstantSource clock = InstantSource.system();
    private final List<ComponentReference> all = new ArrayList<>();

    private final Parts parts;

    private ComponentReferences(ComponentCatalog catalog) {
        this.parts = catalog.parts();
    }

    /** All types of component of a catalog, by kind and name. */
    public static List<ComponentReference> of(ComponentCatalog catalog) {
        ComponentReferences references = new ComponentReferences(catalog);
        references.collect(catalog);
        return references.all;
    }

    /** All types of part of a catalog, by kind and name; their keys without what stands before these in the component's settings. */
    public static List<ComponentReference> partsOf(ComponentCatalog catalog) {
        ComponentReferences references = new ComponentReferences(catalog);
        references.collectParts(catalog);
        return references.all;
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

    /** The keys that name a part of this kind, as Markdown; empty for a component. */
    public static String namedBy(ComponentReference reference) {
        return Arrays.stream(PartKind.values())
                .filter(kind -> kind.type().noun().equals(reference.kind()))
                .map(PartKind::namedBy)
                .findFirst()
                .orElse("");
    }

    private void collectParts(ComponentCatalog catalog) {
        PartContext context = new PartContext(AGENT, NAME, new SourceMetrics(NAME, registry), clock);
        FileDeserializer.Text text = new FileDeserializer.Text(StandardCharsets.UTF_8, CodingErrorAction.REPORT);
        addParts(
                catalog,
                PartKind.HANDLER,
                ComponentFactory.OfHttpHandler.class,
                (factory, settings) -> factory.create(context, settings));
        addParts(
                catalog,
                PartKind.DESERIALIZER,
                ComponentFactory.OfFileDeserializer.class,
                (factory, settings) -> factory.create(context, text, settings));
        addParts(
                catalog,
                PartKind.SERIALIZER,
                ComponentFactory.OfSerializer.class,
                (factory, settings) -> factory.create(context, settings));
        addParts(
                catalog,
                PartKind.GROUP_SERIALIZER,
                ComponentFactory.OfGroupSerializer.class,
                (factory, settings) -> factory.create(context, settings));
        addParts(
                catalog,
                PartKind.CONVERTER,
                ComponentFactory.OfMessageConverter.class,
                (factory, settings) -> factory.create(context, settings));
        addParts(
                catalog,
                PartKind.PATH_MANAGER,
                ComponentFactory.OfFileNaming.class,
                (factory, settings) -> factory.create(context, settings));
    }

    private <F extends ComponentFactory> void addParts(
            ComponentCatalog catalog, PartKind kind, Class<F> contract, BiConsumer<F, Settings> create) {
        add(kind.type(), catalog.partTypes(contract), create);
    }

    private <F extends ComponentFactory> void add(
            TypeKind kind, ComponentCatalog.Types<F> types, BiConsumer<F, Settings> create) {
        for (Provided<F> provided : types.factories()) {
            F factory = provided.factory();
            registry.removeMatching((name, metric) -> true); // each is the only one of its name
            Settings settings = new Settings(Map.of(), new Settings.Unheard(parts));
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
