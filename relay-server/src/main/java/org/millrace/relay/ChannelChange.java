package org.millrace.relay;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.millrace.api.Channel;
import org.millrace.api.StartException;
import org.millrace.relay.config.Assembly;
import org.millrace.relay.config.Assembly.ChannelPart;
import org.millrace.relay.metrics.Display;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a reload does to channels, step by step. One on disk is closed, and its events stay there for the one that is opened in its
 * place. One in memory is retired, that is, out of use and still open, until the channel that takes its place has its events; if the change
 * fails before that, the way back takes it into use again. One with both has to be emptied of what is in its memory before it is closed. One
 * thread.
 */
final class ChannelChange {
    private static final Logger log = LoggerFactory.getLogger(ChannelChange.class);

    private final RunningParts running;
    private final Assembly next;
    private final Display display;
    private final Deadline deadline;

    ChannelChange(RunningParts running, Assembly next, Display display, Deadline deadline) {
        this.running = running;
        this.next = next;
        this.display = display;
        this.deadline = deadline;
    }

    /**
     * Lets a sink that is to be closed empty its channel first, if nobody can take over what is in the channel's memory: no other has its
     * name, or needs its directories.
     *
     * @return false if it has not by the deadline
     */
    boolean emptiedAsNeeded(Drainer drainer) throws InterruptedException {
        Channel channel = drainer.channel();
        boolean stays = next.channels().stream().anyMatch(part -> part.channel() == channel);
        boolean isHandedOver = successor(channel.name()) != null && !channel.ownsDirectories();
        return stays || isHandedOver || drainer.emptyMemory(deadline);
    }

    /** What is on disk stays there; what is in memory is kept until it has a new home, or everything else runs. */
    void retire() throws StartException {
        List<ChannelPart> going = running.channels.stream()
                .filter(part -> !next.channels().contains(part))
                .toList();
        for (ChannelPart part : going) {
            refuseToLose(part);
        }
        for (ChannelPart part : going) {
            display.hide(part.metrics());
            running.channels.remove(part);
            if (staysOpen(part)) {
                running.retired.add(part);
            } else {
                close(part);
            }
        }
    }

    /** The one that takes its place needs its directories, which it gives back only with its memory. */
    private void refuseToLose(ChannelPart part) throws StartException {
        long inMemory = part.channel().eventsInMemory();
        if (inMemory > 0 && successor(part.name()) != null && !staysOpen(part)) {
            throw new StartException("channel " + part + " cannot be closed without losing the " + inMemory
                    + " events in its memory, which its sinks have not delivered in time (expected: sinks that deliver; then"
                    + " its keys can be changed)");
        }
    }

    /** True until its events are elsewhere, or given up. */
    private boolean staysOpen(ChannelPart part) {
        if (!part.channel().ownsDirectories()) {
            return true;
        }
        ChannelPart successor = successor(part.name());
        return successor == null
                ? part.channel().eventsInMemory() > 0
                : running.receivers.contains(part) && !successor.channel().ownsDirectories();
    }

    /** One whose memory, if it has any, is empty. */
    private void close(ChannelPart part) {
        String size = Handover.sizeOf(part);
        ChannelPart successor = successor(part.name());
        RunningParts.close(part);
        running.receivers.remove(part);
        if (successor == null || !successor.channel().ownsDirectories()) {
            tellWhatStays(part, size);
        }
    }

    void start() throws StartException {
        for (ChannelPart part : next.channels()) {
            if (!running.channels.contains(part)) {
                if (!running.retired.remove(part)) { // else it is as it was, with its events
                    RunningParts.start("channel " + part.name(), part.channel());
                }
                running.channels.add(part);
                display.show(part.metrics());
            }
        }
    }

    /**
     * On the way back: what a channel in memory had handed over comes before what was left in it. To be called before its sinks start, since they
     * are to take all in order. Where a put still waits to go in, it would take the room of what is moved; then the events come later, and
     * not in their order.
     */
    void handBack() throws InterruptedException {
        for (ChannelPart old : running.retired) {
            ChannelPart now = successor(old.name());
            if (now != null
                    && running.receivers.contains(old)
                    && !now.channel().ownsDirectories()
                    && running.isSettled(now.channel())) {
                new Handover(old, now).toTheFront();
            }
        }
    }

    /** @throws StartException if a channel cannot take all, what is left is in the retired one then */
    void handOver() throws StartException, InterruptedException {
        for (ChannelPart old : List.copyOf(running.retired)) {
            ChannelPart now = successor(old.name());
            if (now != null) {
                handOver(old, now);
            }
        }
    }

    private void handOver(ChannelPart old, ChannelPart now) throws StartException, InterruptedException {
        running.receivers.add(now);
        String refusal = new Handover(old, now).runUntil(deadline);
        boolean staysOnDisk = old.channel().ownsDirectories() && old.channel().eventsInMemory() == 0;
        if (refusal != null && !staysOnDisk) {
            throw new StartException("channel " + now + " cannot take over from the one before: " + refusal);
        }
        String size = Handover.sizeOf(old);
        RunningParts.close(old);
        running.retired.remove(old);
        running.receivers.remove(old);
        if (old.channel().ownsDirectories()) {
            tellWhatStays(old, size);
        }
    }

    /** The end of a reload that is through: nobody takes the place of those that are left. */
    void giveUpRetired() {
        for (ChannelPart old : running.retired) {
            boolean keepsSome = old.channel().ownsDirectories();
            String lost = keepsSome ? Long.toString(old.channel().eventsInMemory()) : Handover.sizeOf(old);
            if (!lost.equals("0")) {
                log.error("channel {} is gone, and {} events that were left in its memory are lost", old, lost);
            }
            RunningParts.close(old);
        }
        running.retired.clear();
        running.receivers.clear();
    }

    private @Nullable ChannelPart successor(String channel) {
        return next.channels().stream()
                .filter(part -> part.name().equals(channel))
                .findFirst()
                .orElse(null);
    }

    private static void tellWhatStays(ChannelPart part, String size) {
        if (!size.equals("0")) {
            String directories = part.values().shown("dataDirs");
            log.warn(
                    "channel {} is gone; {} events stay in its directories, {}: millrace channel export DIR reads them",
                    part,
                    size,
                    directories == null ? "those by default" : directories);
        }
    }
}
