package org.millrace.durable.log;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ChannelException;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventReader;
import org.millrace.durable.format.LogState;
import org.millrace.durable.format.PositionUpdate;
import org.millrace.durable.format.RecordHeader;
import org.millrace.durable.storage.Storage;
import org.millrace.testkit.FakeClock;

/** A log that writes all it has, each time, into one file. It is here to try the model: it can be told to do things wrong. */
final class SimpleLog implements Log, DrivenLog {
    /** What it does wrong. */
    enum Flaw {
        NONE,
        ACKS_BEFORE_IT_WRITES,
        ACKS_IN_WRONG_ORDER,
        KEEPS_WHAT_IT_REFUSED,
        FORGETS_A_PUT,
        FORGETS_POSITIONS,
        KEEPS_POSITIONS_IT_REFUSED,
        INVENTS_POSITIONS,
        FORGETS_STATES,
        CHANGES_A_BYTE,
        LEAKS_A_BATCH,
        NEVER_RECOVERS_FROM_TROUBLE,
        DOES_NOT_START_TWICE
    }

    private static final String FILE = "log";

    private final Storage storage;
    private final Flaw flaw;
    private final List<StoredPut> stored = new ArrayList<>();
    private final List<Append> pending = new ArrayList<>();
    private final List<PositionUpdate> updates = new ArrayList<>();
    /** Among the updates, and not written yet. */
    private final IdentityHashMap<PositionUpdate, CompletableFuture<@Nullable Void>> waiting = new IdentityHashMap<>();

    private LogState state = new LogState();
    private final LogState recovered;
    private final long recoveredEnd;
    private boolean inTrouble;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record StoredPut(long sequence, int events, byte[] bytes) {}

    private SimpleLog(Storage storage, List<String> readers, Flaw flaw) throws IOException {
        this.storage = storage;
        this.flaw = flaw;
        if (storage.list().contains(FILE)) {
            decode(storage.readAll(FILE));
            if (flaw == Flaw.DOES_NOT_START_TWICE) {
                throw new IOException("started once");
            }
        }
        long start = state.readers().isEmpty() ? 0 : state.lowestWatermark();
        for (String reader : readers) {
            state.addReader(reader, start);
        }
        state.readers().stream().filter(name -> !readers.contains(name)).forEach(state::removeReader);
        recovered = state.copy();
        recoveredEnd = end();
    }

    /** Opens one with a flaw. */
    static ModelRun.Opener with(Flaw flaw) {
        return (LogSettings settings, List<Storage> directories, List<String> readers, FakeClock clock) ->
                new SimpleLog(directories.get(0), readers, flaw);
    }

    private long end() {
        StoredPut last = stored.isEmpty() ? null : stored.get(stored.size() - 1);
        return last == null ? 0 : last.sequence() + last.events();
    }

    @Override
    public boolean work() {
        if (pending.isEmpty() && updates.isEmpty() && waiting.isEmpty()) {
            return false;
        }
        List<Append> group = List.copyOf(pending);
        pending.clear();
        if (flaw == Flaw.ACKS_BEFORE_IT_WRITES) {
            ack(group);
        }
        int before = stored.size();
        LogState without = state.copy();
        updates.stream().filter(update -> !waiting.containsKey(update)).forEach(without::apply);
        group.forEach(this::store);
        if (flaw != Flaw.FORGETS_POSITIONS) {
            updates.forEach(state::apply);
        }
        if (flaw == Flaw.INVENTS_POSITIONS && !updates.isEmpty()) {
            String reader = updates.get(0).reader();
            state.apply(new PositionUpdate(
                    reader,
                    List.of(new org.millrace.durable.format.EventRange(
                            state.watermark(reader), state.watermark(reader) + 1)),
                    Map.of()));
        }
        updates.clear();
        try {
            if (inTrouble && flaw == Flaw.NEVER_RECOVERS_FROM_TROUBLE) {
                throw new IOException("once bitten");
            }
            storage.replace(FILE, encode());
        } catch (IOException e) {
            inTrouble = true;
            state = flaw == Flaw.KEEPS_POSITIONS_IT_REFUSED ? state : without;
            waiting.values().forEach(waiter -> waiter.completeExceptionally(new ChannelException("the disk fails", e)));
            waiting.clear();
            refuse(group, before, e);
            return true;
        }
        if (flaw != Flaw.ACKS_BEFORE_IT_WRITES) {
            ack(group);
        }
        waiting.values().forEach(waiter -> waiter.complete(null));
        waiting.clear();
        return true;
    }

    private void refuse(List<Append> group, int before, IOException why) {
        if (flaw != Flaw.KEEPS_WHAT_IT_REFUSED) {
            stored.subList(before, stored.size()).clear();
        }
        if (flaw != Flaw.ACKS_BEFORE_IT_WRITES) {
            group.forEach(put -> put.failed(new ChannelException("the disk fails", why)));
        }
    }

    private void ack(List<Append> group) {
        long sequence = end()
                - (flaw == Flaw.ACKS_BEFORE_IT_WRITES
                        ? 0
                        : group.stream().mapToInt(Append::events).sum());
        for (int i = 0; i < group.size(); i++) {
            boolean isSwapped = flaw == Flaw.ACKS_IN_WRONG_ORDER && i + 1 < group.size();
            Append put = group.get(isSwapped ? i + 1 : i);
            if (flaw == Flaw.LEAKS_A_BATCH) {
                put.batches().get(0).retain();
            }
            int events = put.events();
            put.durable(sequence);
            sequence += events;
        }
    }

    private void store(Append put) {
        ByteBuffer bytes = ByteBuffer.allocate(put.encodedBytes());
        put.batches().forEach(batch -> batch.copyTo(bytes));
        if (flaw == Flaw.CHANGES_A_BYTE) {
            bytes.array()[bytes.capacity() - 1] ^= 1;
        }
        stored.add(new StoredPut(end(), put.events(), bytes.array()));
    }

    private byte[] encode() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        byte[] positions = state.encode();
        if (flaw == Flaw.FORGETS_STATES) {
            LogState bare = new LogState();
            for (String reader : state.readers()) {
                bare.addReader(reader, state.watermark(reader));
                bare.apply(new PositionUpdate(reader, state.committedAbove(reader), Map.of()));
            }
            positions = bare.encode();
        }
        out.writeInt(positions.length);
        out.write(positions);
        int forgotten = flaw == Flaw.FORGETS_A_PUT && stored.size() > 1 ? 1 : 0;
        out.writeInt(stored.size() - forgotten);
        for (StoredPut put : stored.subList(0, stored.size() - forgotten)) {
            out.writeLong(put.sequence());
            out.writeInt(put.events());
            out.writeInt(put.bytes().length);
            out.write(put.bytes());
        }
        return bytes.toByteArray();
    }

    private void decode(byte[] content) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(content));
        state = LogState.decode(in.readNBytes(in.readInt()));
        for (int left = in.readInt(); left > 0; left--) {
            stored.add(new StoredPut(in.readLong(), in.readInt(), in.readNBytes(in.readInt())));
        }
    }

    @Override
    public Log log() {
        return this;
    }

    @Override
    public CompletableFuture<@Nullable Void> commitDurably(PositionUpdate update) {
        CompletableFuture<@Nullable Void> written = new CompletableFuture<>();
        updates.add(update);
        waiting.put(update, written);
        return written;
    }

    @Override
    public LogState recovered() {
        return recovered.copy();
    }

    @Override
    public long recoveredEnd() {
        return recoveredEnd;
    }

    @Override
    public long recoveredBytes(long from) {
        throw new UnsupportedOperationException("nobody asks this log");
    }

    @Override
    public void append(Append put) {
        pending.add(put);
    }

    /** Whoever drives it says when. */
    @Override
    public void flush() {}

    @Override
    public void commit(PositionUpdate update) {
        updates.add(update);
    }

    @Override
    public void commitAndWait(PositionUpdate update) {
        throw new UnsupportedOperationException("it has no thread");
    }

    @Override
    public RecordReader read(long sequence) {
        return new Reader(sequence);
    }

    @Override
    public boolean isFull() {
        return false;
    }

    @Override
    public void onChange(Runnable action) {
        // It never does.
    }

    @Override
    public @Nullable String trouble() {
        return inTrouble ? "the disk fails" : null;
    }

    @Override
    public LogFigures figures() {
        return new LogFigures(
                1, 0, 0, pending.stream().mapToInt(Append::encodedBytes).sum(), 0, 0, 0, 0);
    }

    @Override
    public void close() {
        work();
    }

    /** Reads from memory. */
    private final class Reader implements RecordReader {
        private long sequence;

        Reader(long sequence) {
            this.sequence = sequence;
        }

        @Override
        public @Nullable Entry next(long durableSequence) {
            if (sequence >= durableSequence) {
                return null;
            }
            for (StoredPut put : stored) {
                if (sequence < put.sequence() + put.events()) {
                    long from = sequence;
                    sequence = put.sequence() + put.events();
                    return new Stored(from, part(put, (int) (from - put.sequence())), RecordHeader.NO_SENDER, 0, 0);
                }
            }
            return null;
        }

        private EventBatch part(StoredPut put, int skipped) {
            EventBatch all = EventBatch.restore(ByteBuffer.wrap(put.bytes()), put.events(), bodyBytes(put));
            if (skipped == 0) {
                return all;
            }
            EventBatch.Split split = all.split(skipped);
            split.head().release();
            return split.tail();
        }

        private long bodyBytes(StoredPut put) {
            EventBatch all = EventBatch.restore(ByteBuffer.wrap(put.bytes()), put.events(), 0);
            long bytes = 0;
            for (EventReader event = all.reader(); event.next(); ) {
                bytes += event.bodyLength();
            }
            all.release();
            return bytes;
        }

        @Override
        public void seek(long target) {
            sequence = target;
        }

        @Override
        public long sequence() {
            return sequence;
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
