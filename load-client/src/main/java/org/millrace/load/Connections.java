package org.millrace.load;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A run's connections and the places on them, through all the times that they are made anew. The sender's thread. */
final class Connections implements AutoCloseable {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Line.Dialer dialer;
    private final Inbox inbox;
    private final SenderClock clock;
    private final Tally tally;
    private final Failures failures;

    private final List<Link> links = new ArrayList<>();
    /** Free places, the one that has been free for longest first: so connections take turns. */
    private final Deque<Link.Slot> free = new ArrayDeque<>();

    private int linksDown;
    private long downSinceNanos;

    Connections(Line.Dialer dialer, Inbox inbox, SenderClock clock, Tally tally, Failures failures) {
        this.dialer = dialer;
        this.inbox = inbox;
        this.clock = clock;
        this.tally = tally;
        this.failures = failures;
    }

    /** @throws IOException if one of them cannot be made */
    void open(int connections, int inFlight) throws IOException, InterruptedException {
        for (int i = 0; i < connections; i++) {
            Link link = new Link();
            links.add(link);
            for (int place = 0; place < inFlight; place++) {
                link.park(new Link.Slot(link));
            }
            dial(link);
        }
        linksDown = links.size();
        while (linksDown > 0) {
            inbox.handle();
            List<String> wrong = failures.texts();
            if (!wrong.isEmpty()) {
                throw new IOException(wrong.get(0));
            }
            if (linksDown > 0 && inbox.isEmpty()) {
                clock.park(PAUSE_NANOS);
            }
        }
    }

    /** From now on the places wait for something to send. */
    void begin(long now) {
        free.forEach(slot -> slot.freeSinceNanos = now);
    }

    boolean hasFree() {
        return !free.isEmpty();
    }

    /** The next free place, or null if its connection has gone: it waits for a new one then. There must be one that seems free. */
    Link.@Nullable Slot take(long now) {
        Link.Slot slot = free.remove();
        if (slot.link.line() != null) {
            return slot;
        }
        slot.link.park(slot);
        lost(slot.link, now);
        return null;
    }

    /** Nothing is on its way in this place any more. */
    void giveBack(Link.Slot slot, long now) {
        slot.freeSinceNanos = now;
        if (slot.link.line() == null) {
            slot.link.park(slot);
            lost(slot.link, now);
        } else {
            free.add(slot);
        }
    }

    /** Makes those anew that have gone, each after its pause. */
    void redialDue(long now) {
        if (linksDown == 0) {
            return;
        }
        for (Link link : links) {
            if (link.isDialDue(now)) {
                dial(link);
            }
        }
    }

    /** How long there has been none at all. */
    long downNanos(long now) {
        return linksDown == links.size() ? now - downSinceNanos : 0;
    }

    @Override
    public void close() {
        links.forEach(Link::close);
    }

    private void dial(Link link) {
        link.dialing();
        dialer.dial().whenComplete((line, failure) -> inbox.post(() -> dialed(link, line, failure)));
    }

    private void dialed(Link link, @Nullable Line line, @Nullable Throwable failure) {
        long now = clock.nanoTime();
        if (line != null) {
            linksDown--;
            tally.reconnected();
            free.addAll(link.connected(line, now));
        } else if (failure != null) {
            failures.note(failure);
            link.failed(now);
        }
    }

    /** Called for each of its places; the first one counts. */
    private void lost(Link link, long now) {
        if (link.goDown()) {
            linksDown++;
            if (linksDown == links.size()) {
                downSinceNanos = now;
            }
            dial(link);
        }
    }
}
