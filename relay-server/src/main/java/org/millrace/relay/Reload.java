package org.millrace.relay;

import java.time.Duration;
import java.util.List;
import org.millrace.api.StartException;
import org.millrace.relay.config.Assembly;
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

    private final RunningParts running;
    private final Assembly next;
    private final Display display;
    private final Duration timeout;
    private final SourceChange sources;

    /** @param timeout for all events that are waited for, together, once the sources that go are closed */
    Reload(RunningParts running, Assembly next, Display display, Duration timeout) {
        this.running = running;
        this.next = next;
        this.display = display;
        this.timeout = timeout;
        this.sources = new SourceChange(running, next, display);
    }

    /** @throws StartException if a new part does not start, or events would be lost; some that were to go are gone then */
    void run() throws StartException, InterruptedException {
        try {
            sources.closeThoseThatGo();
            Deadline deadline = Deadline.in(timeout);
            ChannelChange channels = new ChannelChange(running, next, display, deadline);
            sources.hold(deadline);
            closeDrainers(channels);
            channels.retire();
            channels.start();
            channels.handBack();
            startDrainers();
            sources.startHeld();
            channels.handOver();
            sources.exchangeRoutes();
            channels.giveUpRetired();
        } finally {
            next.closeRoutesBut(running.snapshot());
        }
    }

    private void closeDrainers(ChannelChange channels) throws InterruptedException {
        List<Drainer> staying = Drainer.of(next);
        List<Drainer> going = running.drainers.stream()
                .filter(drainer -> staying.stream().noneMatch(drainer::isSame))
                .toList();
        for (List<Drainer> stage : Drainer.upstreamFirst(running.drainers)) {
            List<Drainer> now = stage.stream().filter(going::contains).toList();
            for (Drainer drainer : now) {
                if (!channels.emptiedAsNeeded(drainer)) {
                    log.warn(
                            "{} has not emptied channel {} in time",
                            drainer.title(),
                            drainer.channel().name());
                }
            }
            // nothing is to come into a channel that is emptied after these
            Drainer.closeAll(now.stream().filter(Drainer::feedsOthers).toList());
        }
        Drainer.closeAll(going);
        for (Drainer drainer : going) {
            drainer.hide(display);
            running.drainers.remove(drainer);
        }
    }

    private void startDrainers() throws StartException {
        for (Drainer drainer : Drainer.of(next)) {
            if (running.drainers.stream().noneMatch(drainer::isSame)) {
                RunningParts.start(drainer.title(), drainer);
                running.drainers.add(drainer);
                drainer.show(display);
            }
        }
    }
}
