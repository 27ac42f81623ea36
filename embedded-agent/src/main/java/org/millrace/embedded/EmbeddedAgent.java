package org.millrace.embedded;

import com.codahale.metrics.Gauge;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ChannelException;
import org.millrace.api.ComponentFactory;
import org.millrace.api.ComponentMetrics;
import org.millrace.api.StartException;
import org.millrace.client.Event;
import org.millrace.relay.Relay;
import org.millrace.relay.config.Assembly;
import org.millrace.relay.config.Assembly.ChannelPart;
import org.millrace.relay.config.Assembly.SinkPart;
import org.millrace.relay.config.Assembly.SourcePart;
import org.millrace.relay.config.ComponentCatalog;
import org.millrace.relay.config.Configuration;
import org.millrace.relay.config.Finding;
import org.millrace.relay.plugin.PlugIns;
import org.millrace.relay.plugin.Provided;

/**
 * An agent inside an application, with the property names of Flume's: events go into its channel, and by Avro sinks on to agents. What
 * is in a file channel survives the application; what is in a memory channel does not.
 *
 * <p>{@link #put} and {@link #putAll}: any number of threads, at any time after {@link #start} has returned. The others exclude each
 * other. Several agents may live in one JVM: nothing is registered, and no thread, property or hook outlives {@link #stop}, but for the event
 * loops that all share.
 */
public final class EmbeddedAgent implements AutoCloseable {
    private static final Duration DRAIN_DEADLINE = Duration.ofSeconds(20);

    private final String name;
    private final Duration drainDeadline;
    private @Nullable Map<String, String> properties;
    private @Nullable Relay relay;
    private volatile @Nullable Assembly assembly;

    /**
     * An agent that takes up to 20 s to empty its memory channel when it stops.
     *
     * @param name for messages; without blanks and dots
     */
    public EmbeddedAgent(String name) {
        this(name, DRAIN_DEADLINE);
    }

    /** @param drainDeadline how long {@link #stop} may take to deliver what is in a memory channel */
    public EmbeddedAgent(String name, Duration drainDeadline) {
        if (!name.matches("[^\\s.]+")) {
            throw new IllegalArgumentException("name: " + name + " (expected: a name without blanks and dots)");
        }
        this.name = name;
        this.drainDeadline = drainDeadline;
    }

    /**
     * Takes the properties, for the next start; touches nothing outside.
     *
     * @param properties {@code channel.type}, {@code sinks}, {@code NAME.type}, {@code processor.type} and so on
     * @throws RefusedException with all mistakes
     * @throws IllegalStateException while the agent runs
     */
    public synchronized void configure(Map<String, String> properties) {
        if (relay != null) {
            throw new IllegalStateException("embedded agent " + name + " is running (expected: stop it before)");
        }
        Map<String, String> copy = new LinkedHashMap<>(properties);
        assemble(copy);
        this.properties = copy;
    }

    /**
     * Starts the channel, the sinks, and then takes events.
     *
     * @throws StartException if a part cannot start, such as a channel whose directory is in use; nothing is left behind
     * @throws IllegalStateException without properties, or while it runs
     */
    public synchronized void start() throws StartException {
        if (properties == null || relay != null) {
            throw new IllegalStateException("embedded agent " + name
                    + (relay == null ? " has no properties (expected: configure first)" : " is running"));
        }
        Assembly parts = assemble(properties);
        Relay starting = Relay.unmonitored(parts, drainDeadline);
        starting.start();
        relay = starting;
        assembly = parts;
    }

    /**
     * Puts an event. It is in the channel when this returns: with a file channel, on disk.
     *
     * @throws ChannelException if the channel does not have it: such as a full one, after its keep-alive
     * @throws IllegalStateException if the agent does not run
     */
    public void put(Event event) throws InterruptedException {
        putAll(List.of(event));
    }

    /**
     * Puts events in one transaction: all of them or none.
     *
     * @param events at most as many as the channel's {@code transactionCapacity}
     * @throws ChannelException as {@link #put}
     * @throws IllegalStateException as {@link #put}
     */
    public void putAll(List<Event> events) throws InterruptedException {
        Assembly running = assembly;
        if (running == null) {
            throw new IllegalStateException("embedded agent " + name + " is not started");
        }
        if (!events.isEmpty()) {
            ((EmbeddedSource) running.sources().get(0).source()).put(events);
        }
    }

    /** The figures by {@code KIND.component.attribute}, in Flume's words, such as {@code CHANNEL.channel.ChannelSize}; none before a start. */
    public Map<String, Object> figures() {
        Map<String, Object> figures = new TreeMap<>();
        Assembly running = assembly;
        if (running != null) {
            Stream.of(
                            running.sources().stream().map(SourcePart::metrics),
                            running.channels().stream().map(ChannelPart::metrics),
                            running.sinks().stream().map(SinkPart::metrics))
                    .flatMap(part -> part)
                    .forEach(metrics -> add(metrics, figures));
        }
        return figures;
    }

    private static void add(ComponentMetrics metrics, Map<String, Object> figures) {
        for (Map.Entry<String, Gauge<?>> attribute : metrics.flumeAttributes().entrySet()) {
            figures.put(
                    metrics.kind() + "." + metrics.component() + "." + attribute.getKey(),
                    attribute.getValue().getValue());
        }
    }

    /**
     * Takes no more events, has those of a memory channel delivered as far as its time allows, and gives everything back. Does nothing
     * to an agent that does not run. It may be started again.
     */
    public synchronized void stop() {
        Relay running = relay;
        if (running != null) {
            running.close();
            relay = null;
        }
    }

    /** As {@link #stop}. */
    @Override
    public void close() {
        stop();
    }

    private Assembly assemble(Map<String, String> given) {
        EmbeddedProperties own = new EmbeddedProperties(name, given);
        if (!own.mistakes().isEmpty()) {
            throw new RefusedException(name, own.mistakes());
        }
        Configuration configuration =
                Configuration.of(name, own.lines(), "", catalog(), Relay.routing(), InstantSource.system());
        Assembly made = configuration.assembly();
        if (made == null) {
            throw new RefusedException(
                    name,
                    configuration.findings().mistakes().stream()
                            .map(finding -> own.inGivenKeys(text(finding)))
                            .toList());
        }
        return made;
    }

    private static String text(Finding finding) {
        return finding.key().isEmpty() ? finding.message() : finding.key() + ": " + finding.message();
    }

    private static ComponentCatalog catalog() {
        PlugIns classPath = PlugIns.none();
        return new ComponentCatalog(
                List.of(new EmbeddedSource.Factory()),
                factories(classPath, ComponentFactory.OfChannel.class),
                factories(classPath, ComponentFactory.OfSink.class),
                factories(classPath, ComponentFactory.OfInterceptor.class),
                factories(classPath, ComponentFactory.OfSelector.class),
                factories(classPath, ComponentFactory.OfSinkProcessor.class));
    }

    private static <F extends ComponentFactory> List<F> factories(PlugIns places, Class<F> kind) {
        return places.factories(kind).stream().map(Provided::factory).toList();
    }
}
