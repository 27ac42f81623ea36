package org.millrace.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.millrace.api.StartException;
import org.millrace.relay.config.Assembly;
import org.millrace.relay.config.Assembly.ChannelPart;
import org.millrace.relay.config.Assembly.SourcePart;
import org.millrace.relay.metrics.Display;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns what runs into what an assembly says, which has the parts that are to go on as they are. Whatever comes of it, {@link
 * RunningParts} tells what runs: a step that failed can be followed by the way back, which is another run of this.
 *
 * <p>What goes away is closed before what comes is started, since the one may need the other's port or directory. Sources that go on
 * keep their connections meanwhile, and are held where their channels change. Events in memory are given up last of all.
 */
final class Reload {
    private static final Logger log = LoggerFactory.getLogger(Reload.class);

    private final RunningParts running;
    private final Assembly next;
    private final Display display;
    private final long deadlineNanos;

    /** @param deadline for all that is waited for, together */
    Reload(RunningParts running, Assembly next, Display display, Duration deadline) {
        this.running = running;
        this.next = next;
        this.display = display;
        this.deadlineNanos = System.nanoTime() + deadline.toNanos();
    }

    /** @throws StartException if a new part does not start; those that were to go are gone then */
    void run() throws StartException, InterruptedException {
        closeSources();
        holdSources();
        closeDrainers();
        retireChannels();
        startChannels();
        startDrainers();
        handOver();
        exchangeRoutes();
        startSources();
        giveUpRetired();
    }

    private void closeSources() {
        for (SourcePart source : List.copyOf(running.sources)) {
            if (next.sources().stream().noneMatch(other -> other.source() == source.source())) {
                RunningParts.close(source);
                display.hide(source.metrics());
                running.sources.remove(source);
            }
        }
    }

    /** Those whose route is exchanged, and until then have no room. */
    private void holdSources() throws InterruptedException {
        List<SourcePart> held = new ArrayList<>();
        for (SourcePart source : running.sources) {
            if (!next.sources().contains(source)) {
                source.inlet().hold();
                held.add(source);
            }
        }
        for (SourcePart source : held) {
            if (!source.inlet().awaitSettled(timeLeft())) {
                log.warn(
                        "source {}: batches on their way to its channels are not settled; they will be refused",
                        source);
            }
        }
    }

    private void closeDrainers() throws InterruptedException {
        List<Drainer> staying = Drainer.of(next);
        for (Drainer drainer : Drainer.upstreamFirst(running.drainers)) {
            if (staying.stream().noneMatch(drainer::isSame)) {
                if (isToBeEmptied(drainer.channel().name()) && !drainer.drainWithin(timeLeft())) {
                    log.warn(
                            "{} has not emptied channel {} in time",
                            drainer.title(),
                            drainer.channel().name());
                }
                RunningParts.close(drainer.title(), drainer);
                drainer.hide(display);
                running.drainers.remove(drainer);
            }
        }
    }

    /** A channel in memory that no other takes the place of. */
    private boolean isToBeEmptied(String channel) {
        return successor(channel) == null
                && running.channels.stream()
                        .anyMatch(part ->
                                part.name().equals(channel) && !part.channel().isDurable());
    }

    private @Nullable ChannelPart successor(String channel) {
        return next.channels().stream()
                .filter(part -> part.name().equals(channel))
                .findFirst()
                .orElse(null);
    }

    /** What is on disk stays there; what is in memory is kept until it has a new home, or everything else runs. */
    private void retireChannels() {
        for (ChannelPart part : List.copyOf(running.channels)) {
            if (next.channels().contains(part)) {
                continue;
            }
            display.hide(part.metrics());
            running.channels.remove(part);
            if (part.channel().isDurable()) {
                String size = Handover.sizeOf(part);
                ChannelPart successor = successor(part.name());
                RunningParts.close("channel " + part.name(), part.channel());
                if (!size.equals("0") && (successor == null || !successor.type().equals(part.type()))) {
                    log.warn("channel {} is gone; {} events stay in its directories", part, size);
                }
            } else {
                running.retired.add(part);
            }
        }
    }

    private void startChannels() throws StartException {
        for (ChannelPart part : next.channels()) {
            if (!running.channels.contains(part)) {
                part.channel().start();
                running.channels.add(part);
                display.show(part.metrics());
            }
        }
    }

    private void startDrainers() throws StartException {
        for (Drainer drainer : Drainer.of(next)) {
            if (running.drainers.stream().noneMatch(drainer::isSame)) {
                drainer.start();
                running.drainers.add(drainer);
                drainer.show(display);
            }
        }
    }

    private void handOver() throws InterruptedException {
        for (ChannelPart old : List.copyOf(running.retired)) {
            ChannelPart now = successor(old.name());
            if (now != null && new Handover(old, now).runWithin(timeLeft())) {
                RunningParts.close("channel " + old.name(), old.channel());
                running.retired.remove(old);
            }
        }
    }

    private void exchangeRoutes() {
        for (SourcePart now : next.sources()) {
            int index = indexOf(now);
            if (index >= 0) {
                SourcePart old = running.sources.get(index);
                if (!old.route().equals(now.route())) {
                    now.inlet().exchange(now.route().inlet());
                    running.sources.set(index, now);
                    old.route().close().run();
                }
                now.inlet().resume();
            }
        }
    }

    private int indexOf(SourcePart now) {
        for (int i = 0; i < running.sources.size(); i++) {
            if (running.sources.get(i).source() == now.source()) {
                return i;
            }
        }
        return -1;
    }

    private void startSources() throws StartException {
        for (SourcePart source : next.sources()) {
            if (indexOf(source) < 0) {
                source.source().start();
                running.sources.add(source);
                display.show(source.metrics());
            }
        }
    }

    private void giveUpRetired() {
        for (ChannelPart old : running.retired) {
            String size = Handover.sizeOf(old);
            if (!size.equals("0")) {
                log.error("channel {} is gone, and {} events that were left in it are lost", old, size);
            }
            RunningParts.close("channel " + old.name(), old.channel());
        }
        running.retired.clear();
    }

    private Duration timeLeft() {
        return Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime()));
    }
}
