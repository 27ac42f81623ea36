package org.millrace.serializer;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Reads what stands at URLs, each on a thread of its own, so that a place that does not answer holds up the sink for a moment a turn and
 * no longer, however many URLs at however many places senders name. A look-up that takes longer goes on, and whoever asks for the same
 * URL in a later turn gets what it has found; until it ends, nothing else is asked of its place. A place that has not answered after
 * {@link #LONGEST} is left alone for a while. The sink's thread only.
 *
 * <p>Who asks in vain has had a try of its event's, also while a look-up goes on or a place is left alone: a turn fails for an event that
 * is to be tried again, so that, were it none, whoever names a silent server would stop the whole sink for as long as it is silent.
 */
final class SchemaLookUps implements AutoCloseable {
    /** In all of a turn. */
    static final Duration PATIENCE = Duration.ofSeconds(2);

    static final Duration LONGEST = Duration.ofSeconds(10);
    static final Duration LEFT_ALONE = Duration.ofSeconds(30);
    static final int MOST_UNDER_WAY = 8;

    private static final int MOST_LEFT_ALONE = 200;

    private final EventSchemas.Locations locations;
    private final InstantSource clock;
    private final long patienceNanos;
    private final ThreadPoolExecutor threads;
    /** Those that took longer than a turn waits, by place. */
    private final Map<String, LookUp> slow = new HashMap<>();

    private final Map<String, Instant> leftAloneUntil = new Recent<>(MOST_LEFT_ALONE);
    private long nanosLeft;

    private static final class LookUp extends FutureTask<String> {
        private final String url;
        private final Instant begun;
        private volatile boolean timedOut;

        LookUp(String url, Instant begun, Callable<String> reading) {
            super(reading);
            this.url = url;
            this.begun = begun;
        }

        @Override
        protected void setException(Throwable failure) {
            timedOut = failure instanceof HttpTimeoutException || failure instanceof SocketTimeoutException;
            super.setException(failure);
        }
    }

    /** @param patience how long a turn waits for look-ups, all in all */
    SchemaLookUps(EventSchemas.Locations locations, InstantSource clock, Duration patience) {
        this.locations = locations;
        this.clock = clock;
        this.patienceNanos = patience.toNanos();
        this.nanosLeft = patienceNanos;
        this.threads =
                new ThreadPoolExecutor(0, MOST_UNDER_WAY, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), work -> {
                    Thread thread = new Thread(work, "schema-look-up");
                    thread.setDaemon(true); // one that hangs for ever must not keep the agent from ending
                    return thread;
                });
    }

    /** The sink takes events anew. */
    void turnBegins() {
        nanosLeft = patienceNanos;
        Instant now = clock.instant();
        leftAloneUntil.values().removeIf(until -> !now.isBefore(until));
        slow.entrySet().removeIf(each -> isOver(each.getKey(), each.getValue(), now));
    }

    /** Also if nobody has asked what it has found. */
    private boolean isOver(String place, LookUp lookUp, Instant now) {
        boolean isLate = !now.isBefore(lookUp.begun.plus(LONGEST));
        if (lookUp.timedOut || (isLate && lookUp.cancel(true))) {
            leaveAlone(place);
            return true;
        }
        return isLate;
    }

    /**
     * What stands at a URL.
     *
     * @throws IOException if it cannot be had, or not in this turn
     */
    String read(String url) throws IOException {
        String place = place(url);
        LookUp before = slow.get(place);
        if (before == null || (before.isDone() && !before.url.equals(url))) {
            return await(place, begin(place, url));
        }
        if (!before.url.equals(url)) {
            throw new IOException(place + " has not answered yet what was asked before");
        }
        return await(place, before);
    }

    private LookUp begin(String place, String url) throws IOException {
        Instant now = clock.instant();
        Instant until = leftAloneUntil.get(place);
        if (until != null && now.isBefore(until)) {
            throw new IOException(place + " did not answer, and is left alone for another "
                    + Duration.between(now, until).toSeconds() + " s");
        }
        try {
            LookUp lookUp = new LookUp(url, now, () -> locations.read(url));
            threads.execute(lookUp);
            return lookUp;
        } catch (RejectedExecutionException e) {
            throw new IOException(
                    MOST_UNDER_WAY + " look-ups of schemas have not come back; no more are made until one has", e);
        }
    }

    private String await(String place, LookUp lookUp) throws IOException {
        long end = System.nanoTime() + Math.max(0, nanosLeft);
        try {
            String text = getBefore(end, lookUp);
            slow.remove(place);
            return text;
        } catch (TimeoutException e) {
            slow.put(place, lookUp);
            throw new IOException(place + " has not answered yet", e);
        } catch (ExecutionException e) {
            slow.remove(place);
            if (lookUp.timedOut) {
                leaveAlone(place);
            }
            throw failure(e.getCause());
        } finally {
            nanosLeft = end - System.nanoTime();
        }
    }

    /** An interrupt does not shorten it: an event is not to fail for that. */
    private static String getBefore(long end, LookUp lookUp) throws TimeoutException, ExecutionException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return lookUp.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void leaveAlone(String place) {
        leftAloneUntil.put(place, clock.instant().plus(LEFT_ALONE));
    }

    private static IOException failure(@Nullable Throwable cause) {
        return cause instanceof IOException failure ? failure : new IOException(String.valueOf(cause), cause);
    }

    /** What answers for a URL: a server, or the machine's own files. */
    private static String place(String url) {
        try {
            URI address = new URI(url);
            String authority = address.getRawAuthority() == null ? "" : address.getRawAuthority();
            return address.getScheme() + "://" + authority.substring(authority.lastIndexOf('@') + 1);
        } catch (URISyntaxException e) {
            return url;
        }
    }

    /** What is under way is given up; its threads end, as those do that have nothing to do. */
    @Override
    public void close() {
        slow.values().forEach(lookUp -> lookUp.cancel(true));
        slow.clear();
    }
}
