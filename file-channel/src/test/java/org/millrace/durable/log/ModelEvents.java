package org.millrace.durable.log;

import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.Serial;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.millrace.codec.EventBatch;
import org.millrace.durable.format.SeenEvents;
import org.millrace.durable.log.ModelPut.Fate;
import org.millrace.durable.log.RecordReader.Entry;
import org.millrace.durable.log.RecordReader.Gap;
import org.millrace.durable.log.RecordReader.Stored;

/** What was put into a log, as a model has it: which of it must be there, may be there and must not. */
final class ModelEvents {
    private final List<ModelPut> puts = new ArrayList<>();
    /** In the log, by their first sequence. */
    private final TreeMap<Long, ModelPut> stored = new TreeMap<>();

    private final Deque<ModelPut> inFlight = new ArrayDeque<>();
    /** Found after a crash by a log that could not write since: the next one may not find them. */
    private final List<ModelPut> provisional = new ArrayList<>();
    /** The sequence behind the last event that was acked or found after a crash. */
    private long end;
    /** The sequence behind the last event that was ever provisional. */
    private long provisionalEnd;

    private long nextSenderSequence;

    /**
     * Events that a start has found, could not make sure of, and has warned of are gone, as it said they might. From then on the log is one
     * with a damage, which is not this model's.
     */
    static final class ForetoldLossException extends RuntimeException {
        @Serial
        private static final long serialVersionUID = 1L;
    }

    int nextNumber() {
        return puts.size();
    }

    /** Of the next put's first event. */
    long nextSenderSequence() {
        return nextSenderSequence;
    }

    long end() {
        return end;
    }

    boolean hasInFlight() {
        return !inFlight.isEmpty();
    }

    /** Whether the last put of all is safe. */
    boolean isLastAcked() {
        return puts.get(puts.size() - 1).fate() == Fate.ACKED;
    }

    void appended(ModelPut put) {
        puts.add(put);
        inFlight.add(put);
        nextSenderSequence += put.events();
    }

    /** The log says that a put is durable. It must be the next one, and what was refused before is void now. */
    void acked(ModelPut put, long firstSequence) {
        if (inFlight.poll() != put || firstSequence != end) {
            fail("acked out of order: %s at %s, after %s", put, firstSequence, end);
        }
        provisional.clear();
        refuseUncertain();
        store(put, firstSequence);
        put.fate(Fate.ACKED);
    }

    /** @param mayBeFound whether the disk failed in the middle of it: then nobody knows */
    void refused(ModelPut put, boolean mayBeFound) {
        if (!inFlight.remove(put)) {
            fail("refused, but not in flight: %s", put);
        }
        put.fate(mayBeFound ? Fate.UNCERTAIN : Fate.REFUSED);
    }

    private void store(ModelPut put, long firstSequence) {
        put.foundAt(firstSequence);
        stored.put(firstSequence, put);
        end = put.endSequence();
    }

    private void refuseUncertain() {
        puts.stream().filter(put -> put.fate() == Fate.UNCERTAIN).forEach(put -> put.fate(Fate.REFUSED));
    }

    /** The log is gone. What was in flight is neither acked nor refused, and never will be. */
    void ended() {
        inFlight.forEach(put -> put.fate(Fate.UNCERTAIN));
        inFlight.clear();
        for (ModelPut put : provisional) {
            put.fate(Fate.UNCERTAIN);
            stored.remove(put.firstSequence());
            end = Math.min(end, put.firstSequence());
        }
        provisional.clear();
    }

    /**
     * Checks what a log has that has been opened, and goes on from there.
     *
     * @param from where the reader stands
     * @param to the end, as the log says
     * @param isSafe whether the log has written since, and so made sure of what it found
     * @param seen what would be answered and not stored if it were sent again: that is as good as acked, whatever comes
     */
    void recovered(RecordReader reader, long from, long to, boolean isSafe, SeenEvents seen) throws IOException {
        if (from > end && from <= provisionalEnd) {
            end = from; // they were taken while they were provisional, and that is on disk
        }
        if (to < end) {
            fail("events that were acked are not there: the log ends at %s, not %s or later", to, end);
        }
        List<ModelPut> found = new ArrayList<>();
        long next = from;
        for (Entry entry; (entry = reader.next(to)) != null; ) {
            if (entry instanceof Gap gap && gap.from() >= end && gap.to() <= provisionalEnd) {
                throw new ForetoldLossException();
            }
            if (!(entry instanceof Stored read)) {
                throw new AssertionError("events are gone: " + entry);
            }
            try {
                if (read.sequence() != next) {
                    fail("events %s to %s are missing", next, read.sequence());
                }
                if (next >= end) {
                    found.add(find(read));
                } else {
                    check(read);
                }
                next += read.batch().events();
            } finally {
                read.batch().release();
            }
        }
        if (next != Math.max(from, to)) {
            fail("the log ends at %s, but reading ended at %s, in %s", to, next, stored.lastEntry());
        }
        found.forEach(put -> {
            put.fate(Fate.ACKED);
            store(put, put.firstSequence());
        });
        for (ModelPut put : puts) {
            if (put.isKnown(seen) && put.fate() != Fate.ACKED) {
                fail("would not be stored if it were sent again, and is not there: %s", put);
            }
        }
        if (isSafe) {
            refuseUncertain();
        } else {
            found.stream().filter(put -> !put.isKnown(seen)).forEach(provisional::add);
            provisional.forEach(put -> provisionalEnd = Math.max(provisionalEnd, put.endSequence()));
        }
    }

    /** The put whose events these are, which must be one whose fate is open, and all of it. */
    private ModelPut find(Stored read) {
        int number = ModelPut.numberOf(read.batch());
        ModelPut put = puts.get(number);
        Map.Entry<Long, ModelPut> last = stored.lastEntry();
        if (put.fate() != Fate.UNCERTAIN || (last != null && last.getValue().number() > number)) {
            fail("found at %s: %s, behind %s", read.sequence(), put, last);
        }
        put.foundAt(read.sequence());
        if (put.events() != read.batch().events() || !put.hasAt(read.sequence(), read.batch())) {
            fail("found at %s: %s, but not as it was put: %s", read.sequence(), put, read.batch());
        }
        return put;
    }

    /** Fails unless these are the events that were put at this place. */
    void check(Stored read) {
        Map.Entry<Long, ModelPut> expected = stored.floorEntry(read.sequence());
        if (expected == null || !expected.getValue().hasAt(read.sequence(), read.batch())) {
            fail("read at %s: %s of put %s; expected: %s", read.sequence(), read.batch(), numberOf(read), expected);
        }
    }

    private static int numberOf(Stored read) {
        return ModelPut.numberOf(read.batch());
    }

    /** Fails if what was read is something else than events that were put at this place; the caller owns the batch. */
    EventBatch checked(Entry entry, long sequence) {
        if (entry instanceof Gap gap) {
            throw new AssertionError("events are gone: " + gap);
        }
        Stored read = (Stored) entry;
        try {
            if (read.sequence() != sequence) {
                fail("read at %s, asked for %s", read.sequence(), sequence);
            }
            check(read);
        } catch (AssertionError e) {
            read.batch().release();
            throw e;
        }
        return read.batch();
    }
}
