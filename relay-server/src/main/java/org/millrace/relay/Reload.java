package org.millrace.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.millrace.api.Channel;
import org.millrace.api.Component;
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
 * keep their connections meanwhile, and are held where their channels change; those that come are held until all else is done, so that a
 * change which fails has put no event anywhere. Events in memory are given up last of all.
 */
final class Reload {
    private static final Logger log = LoggerFactory.getLogger(Reload.class);

    /** How often to look whether a channel's memory is empty. */
    private static final Duration LOOK = Duration.ofMillis(20);

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

    /** @throws StartException if a new part does not start, or events would be lost; some that were to go are gone then */
    void run() throws StartException, InterruptedException {
        try {
            closeSources();
            holdSources();
            closeDrainers();
            retireChannels();
            startChannels();
            startDrainers();
            startSources();
            handOver();
            exchangeRoutes();
            giveUpRetired();
        } finally {
            next.closeRoutesBut(running.snapshot());
        }
    }

    private void closeSources() {
        for (SourcePart source : List.copyOf(running.sources)) {
            if (next.sources().stream().noneMatch(other -> other.source() == source.source())) {
                source.inlet().refuse(); // if a change before has held it
                RunningParts.close(source);
                display.hide(source.metrics());
                running.sources.remove(source);
            }
        }
    }

    /** Those whose route is exchanged, and until then have no room: their batches wait. */
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
        List<Drainer> going = running.drainers.stream()
                .filter(drainer -> staying.stream().noneMatch(drainer::isSame))
                .toList();
        for (Drainer drainer : going) {
            if (isToBeEmptied(drainer.channel()) && !hasEmptied(drainer)) {
                log.warn(
                        "{} has not emptied channel {} in time",
                        drainer.title(),
                        drainer.channel().name());
            }
        }
        Drainer.closeAll(going);
        for (Drainer drainer : going) {
            drainer.hide(display);
            running.drainers.remove(drainer);
        }
    }

    /** One that goes and holds events in memory, which nobody can take over from it: no other has its name, or needs its directories. */
    private boolean isToBeEmptied(Channel channel) {
        boolean stays = next.channels().stream().anyMatch(part -> part.channel() == channel);
        return !stays && !channel.isDurable() && (successor(channel.name()) == null || channel.ownsDirectories());
    }

    /** What is on disk may stay there. */
    private boolean hasEmptied(Drainer drainer) throws InterruptedException {
        Channel channel = drainer.channel();
        if (!channel.ownsDirectories()) {
            return drainer.drainWithin(timeLeft());
        }
        while (channel.eventsInMemory() > 0) {
            if (timeLeft().isZero()) {
                return false;
            }
            Thread.sleep(LOOK.toMillis());
        }
        return true;
    }

    private @Nullable ChannelPart successor(String channel) {
        return next.channels().stream()
                .filter(part -> part.name().equals(channel))
                .findFirst()
                .orElse(null);
    }

    /** What is on disk stays there; what is in memory is kept until it has a new home, or everything else runs. */
    private void retireChannels() throws StartException {
        List<ChannelPart> going = running.channels.stream()
                .filter(part -> !next.channels().contains(part))
                .toList();
        for (ChannelPart part : going) {
            refuseToLose(part);
        }
        for (ChannelPart part : going) {
            display.hide(part.metrics());
            running.channels.remove(part);
            if (isToBeHandedOver(part)) {
                running.retired.add(part);
            } else {
                close(part);
            }
        }
    }

    /** The one that takes its place needs its directories, which it gives back only with its memory. */
    private void refuseToLose(ChannelPart part) throws StartException {
        long inMemory = part.channel().eventsInMemory();
        if (inMemory > 0 && successor(part.name()) != null && !isToBeHandedOver(part)) {
            throw new StartException("channel " + part + " cannot be closed without losing the " + inMemory
                    + " events in its memory, which its sinks have not delivered in time (expected: sinks that deliver; then"
                    + " its keys can be changed)");
        }
    }

    /** True if it stays open until its events are elsewhere, or given up. */
    private boolean isToBeHandedOver(ChannelPart part) {
        ChannelPart successor = successor(part.name());
        if (!part.channel().ownsDirectories()) {
            return true;
        }
        return successor == null
                ? part.channel().eventsInMemory() > 0
                : running.receivers.contains(part) && !successor.channel().ownsDirectories();
    }

    private void close(ChannelPart part) {
        String size = Handover.sizeOf(part);
        ChannelPart successor = successor(part.name());
        RunningParts.close("channel " + part.name(), part.channel());
        running.receivers.remove(part);
        if (!size.equals("0") && (successor == null || !successor.channel().ownsDirectories())) {
            warnOfStaying(part, size);
        }
    }

    private static void warnOfStaying(ChannelPart part, String size) {
        String directories = part.values().shown("dataDirs");
        log.warn(
                "channel {} is gone; {} events stay in its directories, {}: millrace channel export DIR reads them",
                part,
                size,
                directories == null ? "those by default" : directories);
    }

    private void startChannels() throws StartException {
        for (ChannelPart part : next.channels()) {
            if (!running.channels.contains(part)) {
                if (!running.retired.remove(part)) { // else it is as it was, with its events
                    start("channel " + part.name(), part.channel());
                }
                running.channels.add(part);
                display.show(part.metrics());
            }
        }
    }

    private void startDrainers() throws StartException {
        for (Drainer drainer : Drainer.of(next)) {
            if (running.drainers.stream().noneMatch(drainer::isSame)) {
                start(drainer.title(), drainer);
                running.drainers.add(drainer);
                drainer.show(display);
            }
        }
    }

    private void startSources() throws StartException {
        for (SourcePart source : next.sources()) {
            if (indexOf(source) < 0) {
                source.inlet().hold();
                start("source " + source.name(), source.source());
                running.sources.add(source);
                display.show(source.metrics());
            }
        }
    }

    /** Whatever a part throws at its start, it has not started; one that broke may have left something behind. */
    private static void start(String title, Component part) throws StartException {
        try {
            part.start();
        } catch (RuntimeException | LinkageError e) {
            log.error("{} broke at its start", title, e);
            RunningParts.close(title, part);
            throw new StartException(title + " broke at its start: " + e.getClass().getName(), e);
        }
    }

    private void handOver() throws StartException, InterruptedException {
        for (ChannelPart old : List.copyOf(running.retired)) {
            ChannelPart now = successor(old.name());
            if (now != null) {
                handOver(old, now);
            }
        }
    }

    private void handOver(ChannelPart old, ChannelPart now) throws StartException, InterruptedException {
        running.receivers.add(now);
        String refusal = new Handover(old, now).runWithin(timeLeft());
        if (refusal != null && old.channel().eventsInMemory() == 0 && old.channel().isDurable()) {
            warnOfStaying(old, Handover.sizeOf(old)); // of before the change that failed, as it seems: its sinks were slow then, too
        } else if (refusal != null) {
            throw new StartException("channel " + now + " cannot take over from the one before: " + refusal);
        }
        RunningParts.close("channel " + old.name(), old.channel());
        running.retired.remove(old);
        running.receivers.remove(old);
    }

    private void exchangeRoutes() {
        for (SourcePart now : next.sources()) {
            int index = indexOf(now);
            if (index >= 0) {
                SourcePart old = running.sources.get(index);
                if (!old.route().equals(now.route())) {
                    now.inlet().exchange(now.route().inlet());
                    running.sources.set(index, now);
                    RunningParts.closeRoute(old);
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

    private void giveUpRetired() {
        for (ChannelPart old : running.retired) {
            boolean keepsSome = old.channel().ownsDirectories();
            String lost = keepsSome ? Long.toString(old.channel().eventsInMemory()) : Handover.sizeOf(old);
            if (!lost.equals("0")) {
                log.error("channel {} is gone, and {} events that were left in its memory are lost", old, lost);
            }
            RunningParts.close("channel " + old.name(), old.channel());
        }
        running.retired.clear();
        running.receivers.clear();
    }

    private Duration timeLeft() {
        return Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime()));
    }
}
