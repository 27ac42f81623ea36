package org.millrace.relay;

import com.codahale.metrics.MetricRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.millrace.api.Channel;
import org.millrace.api.Component;
import org.millrace.api.ComponentMetrics;
import org.millrace.api.StartException;
import org.millrace.relay.config.Assembly;
import org.millrace.relay.config.Assembly.ChannelPart;
import org.millrace.relay.config.Assembly.GroupPart;
import org.millrace.relay.config.Assembly.GroupRun;
import org.millrace.relay.config.Assembly.SinkPart;
import org.millrace.relay.config.Assembly.SourcePart;
import org.millrace.relay.config.Routing;
import org.millrace.relay.metrics.Monitoring;
import org.millrace.relay.metrics.MonitoringSettings;
import org.millrace.relay.route.EventRouter;
import org.millrace.relay.sink.SinkRunner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running agent. It starts channels, sinks, sources and monitoring in this order, and stops sources first: what they had taken in is
 * then delivered by the sinks, as far as the deadline allows and unless a durable channel keeps it, before sinks, channels and
 * monitoring stop. One thread at a time.
 */
public final class Relay implements Component {
    private static final Logger log = LoggerFactory.getLogger(Relay.class);

    private final Assembly assembly;
    private final Component monitoring;
    private final Duration drainDeadline;
    private final List<Runner> runners = new ArrayList<>();
    private boolean closed;

    /**
     * @param monitoring shows the figures
     * @param drainDeadline how long sinks may go on once the sources are closed
     */
    Relay(Assembly assembly, Component monitoring, Duration drainDeadline) {
        this.assembly = assembly;
        this.monitoring = monitoring;
        this.drainDeadline = drainDeadline;
        Set<SinkPart> grouped = new HashSet<>();
        assembly.groups().forEach(group -> grouped.addAll(group.sinks()));
        for (SinkPart sink : assembly.sinks()) {
            if (!grouped.contains(sink)) {
                runners.add(Runner.of(sink));
            }
        }
        for (GroupPart group : assembly.groups()) {
            group.runs().forEach(run -> runners.add(Runner.of(run, group)));
        }
    }

    /** The thread of a sink or of a group of sinks, what messages call it, and what it drains. */
    private record Runner(String kind, String name, SinkRunner thread, Channel channel) {
        static Runner of(SinkPart sink) {
            SinkRunner thread = new SinkRunner(sink.name(), sink.sink(), sink.reader(), sink.metrics());
            return new Runner("sink", sink.name(), thread, sink.channel());
        }

        static Runner of(GroupRun run, GroupPart group) {
            SinkPart any = group.sinks().get(0); // all take from the same channel
            SinkRunner thread = SinkRunner.ofGroup(run.name(), run.processor(), any.reader(), run.metrics());
            return new Runner("sink group", run.name(), thread, any.channel());
        }
    }

    /** With JMX, and HTTP where the settings ask for it. */
    public static Relay monitored(Assembly assembly, MonitoringSettings settings, Duration drainDeadline) {
        MetricRegistry registry = assembly.registry();
        Stream<? extends ComponentMetrics> metrics = Stream.of(
                        assembly.sources().stream().map(SourcePart::metrics),
                        assembly.channels().stream().map(ChannelPart::metrics),
                        assembly.sinks().stream().map(SinkPart::metrics))
                .flatMap(part -> part);
        return new Relay(assembly, new Monitoring(settings, registry, List.copyOf(metrics.toList())), drainDeadline);
    }

    /** For who has the figures from the assembly, and shares this process with others: nothing is registered anywhere. */
    public static Relay unmonitored(Assembly assembly, Duration drainDeadline) {
        return new Relay(assembly, new NoMonitoring(), drainDeadline);
    }

    /** The way from each source to its channels. */
    public static Routing routing() {
        return (interceptors, selector, channels, metrics) -> {
            EventRouter router = new EventRouter(interceptors, selector, selector.requiredChannels(), metrics);
            return new Routing.Route(router, router::close);
        };
    }

    private static final class NoMonitoring implements Component {
        @Override
        public void start() {
            // nothing to show
        }

        @Override
        public void close() {
            // nothing was shown
        }
    }

    /** Starts all parts. If one does not start, those that did are closed again. */
    @Override
    public void start() throws StartException {
        long began = System.nanoTime();
        try {
            for (ChannelPart channel : assembly.channels()) {
                channel.channel().start();
            }
            for (Runner runner : runners) {
                runner.thread().start();
            }
            for (SourcePart source : assembly.sources()) {
                source.source().start();
            }
            monitoring.start();
        } catch (StartException | RuntimeException e) {
            closeParts();
            throw e;
        }
        log.info(
                "agent {} started in {} ms: channels {}; sinks {}; sink groups {}; sources {}",
                assembly.agent(),
                Duration.ofNanos(System.nanoTime() - began).toMillis(),
                assembly.channels(),
                assembly.sinks(),
                assembly.groups(),
                assembly.sources());
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        long began = System.nanoTime();
        log.info(
                "agent {} stops: sources first, then up to {} s for what they took in",
                assembly.agent(),
                drainDeadline.toSeconds());
        closeParts();
        log.info(
                "agent {} stopped in {} ms",
                assembly.agent(),
                Duration.ofNanos(System.nanoTime() - began).toMillis());
    }

    private void closeParts() {
        closed = true;
        long deadlineNanos = System.nanoTime() + drainDeadline.toNanos();
        for (SourcePart source : assembly.sources()) {
            close("source", source.name(), source.source());
            source.route().close().run();
        }
        drain(deadlineNanos);
        runners.forEach(runner -> close(runner.kind(), runner.name(), runner.thread()));
        assembly.channels().forEach(channel -> close("channel", channel.name(), channel.channel()));
        close("monitoring", "", monitoring);
    }

    /**
     * Sinks go on until their channels are empty; those that are not by the deadline say what they lose when they close. Nobody waits
     * for a durable one: what it holds is there after the next start.
     */
    private void drain(long deadlineNanos) {
        try {
            for (Runner runner : runners) {
                if (runner.channel().isDurable()) {
                    continue;
                }
                Duration left = Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime()));
                if (runner.thread().isRunning() && !runner.thread().drainWithin(left)) {
                    log.warn(
                            "{} {} has not emptied its channel within {} ms",
                            runner.kind(),
                            runner.name(),
                            drainDeadline.toMillis());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // whoever closes us is in a hurry
        }
    }

    /** One part that does not close cleanly must not keep the others from closing. */
    private static void close(String kind, String name, Component part) {
        try {
            part.close();
        } catch (RuntimeException e) {
            log.error("{} {} did not close cleanly", kind, name, e);
        }
    }
}
