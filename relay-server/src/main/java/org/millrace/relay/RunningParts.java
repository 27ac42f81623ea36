package org.millrace.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.millrace.api.Channel;
import org.millrace.api.Component;
import org.millrace.api.StartException;
import org.millrace.relay.config.Assembly;
import org.millrace.relay.config.Assembly.ChannelPart;
import org.millrace.relay.config.Assembly.SourcePart;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What runs, in the order in which it was started. One thread. */
final class RunningParts {
    private static final Logger log = LoggerFactory.getLogger(RunningParts.class);

    final List<ChannelPart> channels = new ArrayList<>();
    final List<Drainer> drainers = new ArrayList<>();
    final List<SourcePart> sources = new ArrayList<>();
    /** Channels that are out of use, still open, and may hold events: the way back may take them into use again. */
    final List<ChannelPart> retired = new ArrayList<>();
    /** Channels that were handed events of others by a change that is not through. */
    final List<ChannelPart> receivers = new ArrayList<>();

    private final String agent;

    RunningParts(String agent) {
        this.agent = agent;
    }

    /** What runs right now, as parts to keep; and channels that are retired, which may be kept as well. */
    Assembly snapshot() {
        return new Assembly(
                agent,
                Stream.concat(channels.stream(), retired.stream()).toList(),
                drainers.stream().flatMap(drainer -> drainer.sinks().stream()).toList(),
                drainers.stream()
                        .flatMap(drainer -> Stream.ofNullable(drainer.group()))
                        .toList(),
                List.copyOf(sources));
    }

    /**
     * Has sources go on that a change has held, where all of their channels run: for when neither the change nor the way back came to its
     * end. What keeps another part from starting is no reason to turn their senders away.
     */
    void resumeServed() {
        for (SourcePart source : sources) {
            if (source.channels().stream().allMatch(this::isRunning)) {
                source.inlet().resume();
            }
        }
    }

    /** True if nothing of any source is on its way into the channel: for one whose sources are all held. */
    boolean isSettled(Channel channel) throws InterruptedException {
        for (SourcePart source : sources) {
            if (source.channels().contains(channel) && !source.inlet().awaitSettled(Duration.ZERO)) {
                return false;
            }
        }
        return true;
    }

    private boolean isRunning(Channel channel) {
        return channels.stream().anyMatch(part -> part.channel() == channel);
    }

    /** Whatever a part throws at its start, it has not started; one that broke may have left something behind. */
    static void start(String title, Component part) throws StartException {
        try {
            part.start();
        } catch (StartException e) {
            throw e;
        } catch (Throwable e) { // an Error too: half of an agent that runs on helps nobody
            log.error("{} broke at its start", title, e);
            close(title, part);
            throw new StartException(
                    title + " broke at its start: " + e.getClass().getName(), e);
        }
    }

    /**
     * One part that does not close cleanly, whatever it throws, must not keep the others from closing.
     *
     * @return true if it closed cleanly; as with all that follow
     */
    static boolean close(String title, Component part) {
        return close(title, part::close);
    }

    private static boolean close(String title, Runnable closing) {
        try {
            closing.run();
            return true;
        } catch (Throwable e) { // an Error too: whoever closes one part has others yet to close
            log.error("{} did not close cleanly", title, e);
            return false;
        }
    }

    static boolean close(ChannelPart channel) {
        return close("channel " + channel.name(), channel.channel());
    }

    /** The source, then its route. */
    static boolean close(SourcePart source) {
        boolean isClean = close("source " + source.name(), source.source());
        return closeRoute(source) && isClean;
    }

    static boolean closeRoute(SourcePart source) {
        return close("the route of source " + source.name(), source.route().close());
    }
}
