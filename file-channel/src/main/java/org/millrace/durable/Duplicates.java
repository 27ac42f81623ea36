package org.millrace.durable;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.millrace.api.support.Put;
import org.millrace.codec.EventBatch;
import org.millrace.codec.Origin;
import org.millrace.durable.format.SeenEvents;

/**
 * Tells new events of a sender from those that the log has, or is about to have. What is in it waits for the same outcome; what is new
 * becomes a put. Guarded by the channel's lock.
 */
final class Duplicates {
    private final InstantSource clock;
    private final SeenEvents seen;

    /** Of each sender, by the number of their first event. */
    private final Map<UUID, TreeMap<Long, Put>> onTheirWay = new HashMap<>();

    /** @param seen what the log has; kept and changed here */
    Duplicates(InstantSource clock, SeenEvents seen) {
        this.clock = clock;
        this.seen = seen;
    }

    /**
     * What is to be done with a batch.
     *
     * @param fresh to be submitted; {@link #ended} once each is settled
     * @param awaited outcomes of others that are this batch's too
     * @param duplicateEvents how many events were dropped
     */
    record Plan(List<Put> fresh, List<CompletableFuture<Void>> awaited, int duplicateEvents) {}

    int senders() {
        return seen.senders();
    }

    /** Events of a batch that share their lot: those of {@code other}, if that is not null; else they are new, or in the log. */
    private record Piece(
            Origin from,
            int events,
            boolean isNew,
            @Nullable Put other) {}

    /**
     * Takes the batch over.
     *
     * @param origin has numbers for all events
     */
    Plan plan(EventBatch batch, Origin origin) {
        List<Piece> pieces;
        try {
            pieces = pieces(origin, batch.events());
        } catch (RuntimeException | Error e) {
            batch.release(); // nothing of it is on its way yet
            throw e;
        }
        List<Put> fresh = new ArrayList<>(1);
        List<CompletableFuture<Void>> awaited = new ArrayList<>(0);
        EventBatch rest = batch;
        int duplicates = 0;
        for (Piece piece : pieces) {
            EventBatch part = rest;
            if (piece.events() < rest.events()) {
                EventBatch.Split parts = rest.split(piece.events());
                part = parts.head();
                rest = parts.tail();
            }
            if (piece.isNew()) {
                fresh.add(begin(new Put(List.of(part), true, piece.from())));
            } else {
                part.release();
                duplicates += piece.events();
            }
            if (piece.other() != null) {
                awaited.add(piece.other().settled());
            }
        }
        return new Plan(fresh, awaited, duplicates);
    }

    private List<Piece> pieces(Origin origin, int events) {
        List<Piece> pieces = new ArrayList<>(1);
        long end = origin.plus(events).sequence();
        for (Origin at = origin; at.sequence() < end; ) {
            long known = seen.knownUntil(at.sender(), at.sequence());
            Put other = known > at.sequence() ? null : onItsWayAt(at);
            boolean isNew = known == at.sequence() && other == null;
            long to = Math.min(end, isNew ? nextKnown(at) : other == null ? known : endOf(other));
            Piece piece = new Piece(at, (int) (to - at.sequence()), isNew, other);
            pieces.add(piece);
            at = at.plus(piece.events());
        }
        return pieces;
    }

    /** A put is in the log. */
    void stored(Put put) {
        Origin origin = put.origin();
        if (origin != null) {
            seen.add(origin, put.events(), clock.millis());
        }
    }

    /** There is an outcome. */
    void ended(Put put, Origin origin) {
        TreeMap<Long, Put> puts = onTheirWay.get(origin.sender());
        if (puts != null && puts.remove(origin.sequence(), put) && puts.isEmpty()) {
            onTheirWay.remove(origin.sender());
        }
    }

    private Put begin(Put put) {
        Origin origin = put.origin();
        if (origin != null) {
            onTheirWay
                    .computeIfAbsent(origin.sender(), sender -> new TreeMap<>())
                    .put(origin.sequence(), put);
        }
        return put;
    }

    private @Nullable Put onItsWayAt(Origin at) {
        TreeMap<Long, Put> puts = onTheirWay.get(at.sender());
        Map.Entry<Long, Put> before = puts == null ? null : puts.floorEntry(at.sequence());
        return before == null || endOf(before.getValue()) <= at.sequence() ? null : before.getValue();
    }

    private long nextKnown(Origin at) {
        TreeMap<Long, Put> puts = onTheirWay.get(at.sender());
        Long next = puts == null ? null : puts.higherKey(at.sequence());
        return Math.min(seen.nextKnown(at.sender(), at.sequence()), next == null ? Long.MAX_VALUE : next);
    }

    private static long endOf(Put put) {
        Origin origin = put.origin();
        return origin == null ? 0 : origin.sequence() + put.events();
    }
}
