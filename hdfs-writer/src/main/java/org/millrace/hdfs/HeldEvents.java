package org.millrace.hdfs;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.millrace.api.ChannelReader;
import org.millrace.api.Transaction;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events of buckets that cannot take them for now, since a call of theirs hangs or was refused: taken from the channel and not
 * committed, so that the other buckets go on. Each such bucket is tried again after a pause that grows; what comes for it meanwhile
 * stands behind.
 *
 * <p>{@link #events} and {@link #buckets}: any thread. All else: the sink's thread.
 */
final class HeldEvents {
    private static final Logger log = LoggerFactory.getLogger(HeldEvents.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    /** Until a thread may be free. */
    private static final Duration SHORT_PAUSE = Duration.ofMillis(100);
    /** An event alone in its memory takes so much besides. */
    private static final int BYTES_AN_EVENT = 200;

    private final String sink;
    private final ChannelReader channel;
    private final InstantSource clock;
    private final Limits limits;
    private final Map<BucketId, Held> buckets = new LinkedHashMap<>();
    private final AtomicInteger events = new AtomicInteger();
    private volatile int size;
    private long bytes;

    /**
     * How much may be held.
     *
     * @param events 0: none; a bucket that fails then sends the whole batch back
     */
    record Limits(int events, long bytes) {}

    /** Events that are written together. */
    static final class Portion {
        private final BucketId bucket;
        private final Transaction tx;
        private int events;
        private long bytes;
        private boolean underWay;

        private Portion(BucketId bucket, Transaction tx) {
            this.bucket = bucket;
            this.tx = tx;
        }

        BucketId bucket() {
            return bucket;
        }

        List<EventBatch> batches() {
            return tx.batches();
        }
    }

    private static final class Held {
        /** The oldest one may be under way. */
        private final Deque<Portion> portions = new ArrayDeque<>();

        private Instant retryAt;
        private int failures;
        private String why = "";

        private Held(Instant retryAt) {
            this.retryAt = retryAt;
        }
    }

    HeldEvents(String sink, ChannelReader channel, InstantSource clock, Limits limits) {
        this.sink = sink;
        this.channel = channel;
        this.clock = clock;
        this.limits = limits;
    }

    boolean isAllowed() {
        return limits.events > 0;
    }

    boolean isEmpty() {
        return buckets.isEmpty();
    }

    /** True if the sink must not take more than it holds. */
    boolean isFull() {
        return isAllowed() && (events.get() >= limits.events || bytes >= limits.bytes);
    }

    int events() {
        return events.get();
    }

    int buckets() {
        return size;
    }

    boolean has(BucketId bucket) {
        return buckets.containsKey(bucket);
    }

    /** What is to be tried again now: the oldest portion of each bucket whose time has come. They are under way from now on. */
    List<Portion> due() {
        List<Portion> due = new ArrayList<>();
        Instant now = clock.instant();
        for (Held held : buckets.values()) {
            Portion oldest = held.portions.getFirst();
            if (!oldest.underWay && !held.retryAt.isAfter(now)) {
                oldest.underWay = true;
                due.add(oldest);
            }
        }
        return due;
    }

    /** When there is something to try again; {@link Instant#MAX} if that depends on a call that hangs. */
    Instant nextRetry() {
        return buckets.values().stream()
                .filter(held -> !held.portions.getFirst().underWay)
                .map(held -> held.retryAt)
                .min(Comparator.naturalOrder())
                .orElse(Instant.MAX);
    }

    /**
     * Keeps hold of what writes of this turn have not brought to their buckets.
     *
     * @param tx has taken it, and gives it away
     * @param taken all that it has taken, in order
     * @param slow those of the writes that go on
     */
    void keep(Transaction tx, List<EventBatch> taken, Collection<BucketWrite> writes, Set<BucketWrite> slow) {
        Map<EventBatch, List<BucketWrite.Place>> placesByBatch = new HashMap<>();
        Map<BucketWrite.Place, Portion> portions = new HashMap<>();
        Set<Portion> grown = new LinkedHashSet<>();
        for (BucketWrite write : writes) {
            Portion portion = portionFor(write.bucket().id());
            grown.add(portion);
            if (slow.contains(write)) {
                portion.underWay = true;
                write.keptIn(portion);
            }
            for (BucketWrite.Place place : write.places()) {
                portions.put(place, portion);
                placesByBatch
                        .computeIfAbsent(place.batch(), batch -> new ArrayList<>())
                        .add(place);
            }
        }
        int first = 0;
        for (EventBatch batch : taken) {
            handOver(tx, batch, first, placesByBatch.getOrDefault(batch, List.of()), portions);
            first += batch.events();
        }
        grown.forEach(portion -> portion.tx.condense());
    }

    private void handOver(
            Transaction tx,
            EventBatch batch,
            int first,
            List<BucketWrite.Place> places,
            Map<BucketWrite.Place, Portion> portions) {
        List<BucketWrite.Place> inOrder = new ArrayList<>(places);
        inOrder.sort(Comparator.comparingInt(BucketWrite.Place::bodyOffset));
        EventReader event = batch.reader();
        int number = first - 1;
        for (BucketWrite.Place place : inOrder) {
            do {
                event.next();
                number++;
            } while (event.bodyOffset() != place.bodyOffset());
            int from = number;
            long placeBytes = event.encodedBytes();
            for (int i = 1; i < place.events(); i++) {
                event.next();
                number++;
                placeBytes += event.encodedBytes();
            }
            Portion portion = portions.get(place);
            if (portion == null) {
                throw new IllegalStateException("events of no bucket");
            }
            tx.handOver(from, place.events(), portion.tx);
            add(portion, place.events(), placeBytes);
        }
    }

    private void add(Portion portion, int moreEvents, long moreBytes) {
        long all = moreBytes + (long) BYTES_AN_EVENT * moreEvents;
        portion.events += moreEvents;
        portion.bytes += all;
        events.addAndGet(moreEvents);
        bytes += all;
    }

    private Portion portionFor(BucketId bucket) {
        Held held = buckets.computeIfAbsent(bucket, id -> new Held(clock.instant()));
        Portion newest = held.portions.peekLast();
        if (newest == null || newest.underWay) {
            newest = new Portion(bucket, channel.begin());
            held.portions.addLast(newest);
        }
        size = buckets.size();
        return newest;
    }

    /** A bucket's call hangs. */
    void hangs(BucketId bucket) {
        Held held = buckets.get(bucket);
        if (held != null) {
            held.why = "a call to the file system has not come back";
            log.warn(
                    "Sink {}: bucket {}: {}; its events are held back, the others go on", sink, name(bucket), held.why);
        }
    }

    /** A bucket could not take what it was given: it is tried again later. */
    void failed(BucketId bucket, IOException cause) {
        Held held = buckets.get(bucket);
        if (held == null) {
            return;
        }
        held.portions.getFirst().underWay = false;
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(held.failures, 10));
        pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
        held.failures++;
        held.retryAt = clock.instant().plus(pause);
        held.why = String.valueOf(cause.getMessage());
        log.warn(
                "Sink {}: bucket {}: {} events are held back, the others go on; failure {}, the next try is in {} s: {}",
                sink,
                name(bucket),
                held.portions.stream().mapToInt(portion -> portion.events).sum(),
                held.failures,
                pause.toSeconds(),
                held.why);
    }

    /** No thread was free to write to it: that says nothing of the bucket. */
    void notBegun(BucketId bucket, IOException why) {
        Held held = buckets.get(bucket);
        if (held != null) {
            held.portions.getFirst().underWay = false;
            held.retryAt = clock.instant().plus(SHORT_PAUSE);
            held.why = String.valueOf(why.getMessage());
        }
    }

    /** It was written, but what the turn wrote did not count; or the turn did not come to it. */
    void undone(Portion portion) {
        portion.underWay = false;
    }

    /** A portion has been written: its events are the transaction's to commit. */
    void release(Portion portion, Transaction tx) {
        portion.tx.handOver(0, portion.events, tx);
        portion.tx.close();
        forget(portion);
    }

    private void forget(Portion portion) {
        events.addAndGet(-portion.events);
        bytes -= portion.bytes;
        Held held = buckets.get(portion.bucket);
        if (held != null) {
            held.portions.remove(portion);
            held.failures = 0;
            held.retryAt = clock.instant();
            if (held.portions.isEmpty()) {
                buckets.remove(portion.bucket);
                log.info("Sink {}: bucket {} takes events again", sink, name(portion.bucket));
            }
        }
        size = buckets.size();
    }

    /** Why no more are taken, and who is being waited for. */
    String reason() {
        return events.get() + " events are held back for " + buckets.size()
                + " buckets, and no more are taken (hdfs.heldEvents = " + limits.events + ", hdfs.heldBytes = "
                + limits.bytes + ")" + causes();
    }

    /** For a message, before {@link #giveBack}. */
    String whatGoesBack() {
        return events.get() + " events, held back for " + buckets.size() + " buckets, go back to the channel"
                + causes();
    }

    /** Of the first three buckets. */
    private String causes() {
        StringBuilder text = new StringBuilder();
        buckets.entrySet().stream()
                .limit(3)
                .forEach(each -> text.append("; ")
                        .append(name(each.getKey()))
                        .append(": ")
                        .append(each.getValue().why));
        return text.toString();
    }

    private static String name(BucketId bucket) {
        return bucket.path() + "/" + bucket.prefix();
    }

    /** All of a bucket goes back to the channel, since an event in it is no better off here. */
    void giveBack(BucketId bucket, IOException why) {
        Held held = buckets.remove(bucket);
        if (held == null) {
            return;
        }
        for (Portion portion : held.portions) {
            portion.tx.close();
            events.addAndGet(-portion.events);
            bytes -= portion.bytes;
        }
        size = buckets.size();
        log.warn(
                "Sink {}: bucket {}: what was held back goes back to the channel: {}",
                sink,
                name(bucket),
                why.getMessage());
    }

    /** All goes back to the channel. */
    void giveBack() {
        buckets.values().forEach(held -> held.portions.forEach(portion -> portion.tx.close()));
        buckets.clear();
        events.set(0);
        bytes = 0;
        size = 0;
    }
}
