package org.millrace.relay.sink.file;

import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.millrace.api.deadletter.DeadLetters;
import org.millrace.api.part.EventSerializer;
import org.millrace.api.part.RefusedEventException;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventReader;
import org.millrace.serializer.EventSchemas;

/**
 * What one turn takes and writes. An event at which a serializer fails may have left anything in the file: what was written since the last
 * mark is cut off, and written again without it, up to a mark in its place. So each event is written twice at most, however many
 * are refused. The sink's thread only.
 */
final class Turn {
    private final EventSerializer serializer;
    private final @Nullable EventSchemas schemas;
    private final DeadLetters deadLetters;
    private final RollFiles files;

    private final List<EventBatch> batches = new ArrayList<>();
    /** Numbers of events in this turn. */
    private final BitSet refused = new BitSet();

    /** Events at which the serializer threw what nobody foresaw. */
    private int thrownAt;

    private @Nullable RuntimeException thrown;

    private int taken;
    /** Events before this one stand in front of the mark. */
    private int marked;

    private final Cursor ahead = new Cursor();
    /** Follows, from mark to mark. */
    private final Cursor again = new Cursor();

    private Turn(EventSerializer serializer, @Nullable EventSchemas schemas, DeadLetters deadLetters, RollFiles files) {
        this.serializer = serializer;
        this.schemas = schemas;
        this.deadLetters = deadLetters;
        this.files = files;
    }

    /** Has the files, and the schemas if there are any, begin a turn, too. */
    static Turn begin(
            EventSerializer serializer, @Nullable EventSchemas schemas, DeadLetters deadLetters, RollFiles files) {
        files.turnBegins();
        if (schemas != null) {
            schemas.turnBegins();
        }
        return new Turn(serializer, schemas, deadLetters, files);
    }

    /** True if an event of this turn was refused. */
    boolean hasRefused() {
        return !refused.isEmpty();
    }

    /** True if an event of this turn is written, whatever became of others. */
    boolean hasWritten() {
        return taken > refused.cardinality();
    }

    /** At how many events of this turn the serializer threw what nobody foresaw. */
    int thrownAt() {
        return thrownAt;
    }

    /** What it threw last; null if it did not. */
    @Nullable
    RuntimeException thrown() {
        return thrown;
    }

    /**
     * Writes the batch, but for events that are refused.
     *
     * @param batch lent until the turn ends
     */
    void append(EventBatch batch) throws IOException {
        batches.add(batch);
        int next = taken;
        taken += batch.events();
        while (next < taken) {
            next = write(ahead, next, taken);
            if (next < taken) {
                cutOff(next);
            }
        }
    }

    /** What was written between the mark and this event stands in the file again, and the mark behind it, when this returns. */
    private void cutOff(int event) throws IOException {
        int end = event;
        while (marked <= event) {
            files.cutToMark();
            int written = write(again, marked, end);
            if (written == end) {
                files.mark();
                marked = end + 1;
                end = event;
            } else {
                end = written; // it was written before, and is refused now
            }
        }
    }

    /** @return the number of the event that was refused in the midst of being written; the end if none was */
    private int write(Cursor cursor, int first, int end) throws IOException {
        for (int number = first; number < end; number++) {
            if (!refused.get(number) && !write(cursor.at(number), number)) {
                return number;
            }
        }
        return end;
    }

    /** @return false if the event was refused in the midst of being written */
    private boolean write(EventReader event, int number) throws IOException {
        String schema;
        try {
            serializer.check(event);
            schema = schemas == null ? "" : schemas.ofDatum(event);
        } catch (RefusedEventException e) {
            refuse(event, number, e);
            return true;
        } catch (RuntimeException e) {
            refuse(event, number, e);
            return true;
        }
        RollFile file = files.current(schema); // what fails here is no fault of the event
        try {
            file.append(event);
            return true;
        } catch (RuntimeException e) {
            refuse(event, number, e);
            return false;
        }
    }

    private void refuse(EventReader event, int number, RefusedEventException e) {
        refused.set(number);
        deadLetters.refuse(event, String.valueOf(e.getMessage()), e.mayHeal());
    }

    /** Unforeseen: such an event must not hold up the others for ever. */
    private void refuse(EventReader event, int number, RuntimeException e) {
        refused.set(number);
        thrownAt++;
        thrown = e;
        deadLetters.refuse(event, e.toString(), true);
    }

    /** Shows the turn's events, one after another. */
    private final class Cursor {
        private int batch;
        private int number = -1;
        private @Nullable EventReader reader;

        /** The reader, on this event. */
        EventReader at(int wanted) {
            if (wanted < number) {
                batch = 0;
                number = -1;
                reader = null;
            }
            while (reader == null || number < wanted) {
                if (reader == null) {
                    reader = batches.get(batch++).reader();
                }
                if (reader.next()) {
                    number++;
                } else {
                    reader = null;
                }
            }
            return reader;
        }
    }
}
