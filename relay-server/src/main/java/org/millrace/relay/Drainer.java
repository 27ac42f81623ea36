package org.millrace.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.millrace.api.Channel;
import org.millrace.api.Component;
import org.millrace.api.StartException;
import org.millrace.relay.config.Assembly;
import org.millrace.relay.config.Assembly.GroupPart;
import org.millrace.relay.config.Assembly.GroupRun;
import org.millrace.relay.config.Assembly.SinkPart;
import org.millrace.relay.metrics.Display;
import org.millrace.relay.sink.SinkRunner;

/** A sink with its thread, or a sink group with its threads: what starts and stops together. One thread. */
final class Drainer implements Component {
    /** How often to look whether a channel's memory is empty. */
    private static final Duration LOOK = Duration.ofMillis(20);

    private final String title;
    private final List<SinkPart> sinks;
    private final @Nullable GroupPart group;
    private final List<SinkRunner> threads;

    private Drainer(String title, List<SinkPart> sinks, @Nullable GroupPart group, List<SinkRunner> threads) {
        this.title = title;
        this.sinks = List.copyOf(sinks);
        this.group = group;
        this.threads = List.copyOf(threads);
    }

    /** All of an agent, sinks by themselves first. */
    static List<Drainer> of(Assembly assembly) {
        Set<SinkPart> grouped = new HashSet<>();
        assembly.groups().forEach(group -> grouped.addAll(group.sinks()));
        List<Drainer> all = new ArrayList<>();
        assembly.sinks().stream().filter(sink -> !grouped.contains(sink)).forEach(sink -> all.add(of(sink)));
        assembly.groups().forEach(group -> all.add(of(group)));
        return all;
    }

    private static Drainer of(SinkPart sink) {
        SinkRunner thread = new SinkRunner(sink.name(), sink.sink(), sink.reader(), sink.metrics());
        return new Drainer("sink " + sink.name(), List.of(sink), null, List.of(thread));
    }

    private static Drainer of(GroupPart group) {
        SinkPart any = group.sinks().get(0); // all take from the same channel
        List<SinkRunner> threads = new ArrayList<>();
        for (GroupRun run : group.runs()) {
            threads.add(SinkRunner.ofGroup(run.name(), run.processor(), any.reader(), run.metrics()));
        }
        return new Drainer("sink group " + group.name(), group.sinks(), group, threads);
    }

    /**
     * In stages in which they can be emptied: one that puts into another one's channel, such as its dead letters, comes in a stage before
     * that one. The configuration has no circles.
     */
    static List<List<Drainer>> upstreamFirst(List<Drainer> drainers) {
        List<List<Drainer>> stages = new ArrayList<>();
        List<Drainer> rest = List.copyOf(drainers);
        while (!rest.isEmpty()) {
            List<Drainer> later = fedBy(rest);
            stages.add(rest.stream().filter(drainer -> !later.contains(drainer)).toList());
            rest = later;
        }
        return stages;
    }

    private static List<Drainer> fedBy(List<Drainer> all) {
        return all.stream()
                .filter(drainer -> all.stream().anyMatch(other -> other.feeds(drainer.channel())))
                .toList();
    }

    private boolean feeds(Channel channel) {
        return sinks.stream().anyMatch(sink -> sink.destinations().contains(channel));
    }

    /** True if what it does not deliver goes to another one's channel. */
    boolean feedsOthers() {
        return sinks.stream().anyMatch(sink -> !sink.destinations().isEmpty());
    }

    /** As messages name it. */
    String title() {
        return title;
    }

    /** What it takes from. */
    Channel channel() {
        return sinks.get(0).channel();
    }

    List<SinkPart> sinks() {
        return sinks;
    }

    @Nullable
    GroupPart group() {
        return group;
    }

    /** True if it runs the same parts as the other one would. */
    boolean isSame(Drainer other) {
        return Objects.equals(group, other.group) && sinks.equals(other.sinks);
    }

    /** All of its threads, or none. */
    @Override
    public void start() throws StartException {
        try {
            for (SinkRunner thread : threads) {
                thread.start();
            }
        } catch (StartException | RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /**
     * Waits until nothing is left of its channel that would be lost with the channel's end: what is on disk may stay there.
     *
     * @return false if something is left by then; true also if nothing runs that could deliver it, unless the channel has a disk as well
     */
    boolean emptyMemory(Deadline deadline) throws InterruptedException {
        Channel channel = channel();
        if (channel.isDurable()) {
            return true;
        }
        return channel.ownsDirectories() ? hasEmptyMemoryBy(deadline) : drainBy(deadline) || isEmpty();
    }

    private boolean hasEmptyMemoryBy(Deadline deadline) throws InterruptedException {
        while (channel().eventsInMemory() > 0) {
            if (deadline.isOver()) {
                return false;
            }
            Thread.sleep(LOOK.toMillis());
        }
        return true;
    }

    /** The time may have run out before its sinks had a turn, since others had used it up. */
    private boolean isEmpty() throws InterruptedException {
        return channel().eventsInMemory() == 0 && !sinks.get(0).reader().awaitEvents(Duration.ZERO);
    }

    private boolean drainBy(Deadline deadline) throws InterruptedException {
        boolean drained = true;
        for (SinkRunner thread : threads) {
            drained &= !thread.isRunning() || thread.drainWithin(deadline.left());
        }
        return drained;
    }

    @Override
    public void close() {
        closeAll(List.of(this));
    }

    /**
     * All of them in the time that one may take.
     *
     * @return those that are still open or broke as they closed, in words
     */
    static List<String> closeAll(List<Drainer> drainers) {
        return SinkRunner.closeAll(
                drainers.stream().flatMap(drainer -> drainer.threads.stream()).toList());
    }

    void show(Display display) {
        sinks.forEach(sink -> display.show(sink.metrics()));
        if (group != null) {
            display.show(group.runs().get(0).metrics()); // one registry for all of its threads
        }
    }

    void hide(Display display) {
        sinks.forEach(sink -> display.hide(sink.metrics()));
        if (group != null) {
            display.hide(group.runs().get(0).metrics());
        }
    }
}
