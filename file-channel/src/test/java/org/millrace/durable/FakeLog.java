package org.millrace.durable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ChannelException;
import org.millrace.api.StartException;
import org.millrace.codec.EventBatch;
import org.millrace.durable.format.EventRange;
import org.millrace.durable.format.LogState;
import org.millrace.durable.format.PositionUpdate;
import org.millrace.durable.format.RecordHeader;
import org.millrace.durable.log.Append;
import org.millrace.durable.log.Log;
import org.millrace.durable.log.LogFigures;
import org.millrace.durable.log.RecordReader;
import org.millrace.testkit.FakeClock;

/**
 * A log in memory that a test can hold up, fill, break and open again. What was committed is on its "disk" at once, unless positions
 * are held back. Thread-safe; callbacks come on the thread that appends or lets go.
 */
final class FakeLog {
    private final TreeMap<Long, Saved> records = new TreeMap<>();
    private final Map<Long, Long> gaps = new TreeMap<>();
    private final LogState state = new LogState();
    /** Held while a put is written and told so: callbacks come in the order of the log. */
    private final ReentrantLock inOrder = new ReentrantLock();

    private final FakeClock clock;
    private long end;
    private boolean inUse;
    private boolean positionsHeld;
    private boolean held;
    private @Nullable ChannelException refusal;
    private @Nullable IOException readFailure;
    private boolean full;
    private int reads;
    private int openReaders;
    private int positionWaits;
    private final Deque<Append> waiting = new ArrayDeque<>();
    private Runnable onChange = () -> {};
    private @Nullable Runnable duringNextAppend;
    private @Nullable Error nextError;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Saved(byte[] bytes, int events, long bodyBytes, long epochMillis) {}

    FakeLog(FakeClock clock) {
        this.clock = clock;
    }

    /** The process starts: readers without a position get the lowest there is, unknown ones go. */
    synchronized Log open(List<String> readers) {
        state.readers().stream().filter(known -> !readers.contains(known)).forEach(state::removeReader);
        long lowest = state.lowestWatermark();
        for (String reader : readers) {
            state.addReader(reader, lowest == Long.MAX_VALUE ? 0 : lowest);
        }
        return new Opened(state.copy(), end);
    }

    /** As {@link #open}, for one that has it to itself until it closes it. */
    synchronized Log openAlone(List<String> readers) throws StartException {
        if (inUse) {
            throw new StartException("the log is in use");
        }
        Log opened = open(readers);
        inUse = true;
        return opened;
    }

    /** Puts stay on their way until {@link #letGo}. */
    synchronized void hold() {
        held = true;
    }

    /** What is on its way is safe. */
    void letGo() {
        synchronized (this) {
            held = false;
        }
        for (Append put; (put = nextWaiting()) != null; ) {
            save(put);
        }
    }

    /** What is on its way fails. */
    void failAll(ChannelException why) {
        synchronized (this) {
            held = false;
        }
        for (Append put; (put = nextWaiting()) != null; ) {
            put.failed(why);
        }
    }

    /** Something happens on another thread's time while the next put is appended. */
    synchronized void duringNextAppend(Runnable action) {
        duringNextAppend = action;
    }

    /** Whoever asks next how many bytes were recovered has this thrown at it. */
    synchronized void failNextLookAtBytes(Error error) {
        nextError = error;
    }

    /** Appends fail at once from now on; null: they do not. */
    synchronized void refuse(@Nullable ChannelException why) {
        refusal = why;
    }

    synchronized void failReads(@Nullable IOException failure) {
        readFailure = failure;
    }

    void fill(boolean isFull) {
        Runnable told;
        synchronized (this) {
            full = isFull;
            told = onChange;
        }
        told.run();
    }

    /** Commits do not reach the disk from now on: the process dies before. */
    synchronized void losePositions() {
        positionsHeld = true;
    }

    synchronized void keepPositions() {
        positionsHeld = false;
    }

    /** Events are damaged. */
    synchronized void lose(long from, long to) {
        gaps.put(from, to);
    }

    synchronized int reads() {
        return reads;
    }

    synchronized int openReaders() {
        return openReaders;
    }

    synchronized int positionWaits() {
        return positionWaits;
    }

    synchronized LogState state() {
        return state.copy();
    }

    private synchronized @Nullable Append nextWaiting() {
        return waiting.pollFirst();
    }

    private void save(Append put) {
        inOrder.lock();
        try {
            put.durable(written(put));
        } finally {
            inOrder.unlock();
        }
    }

    private long written(Append put) {
        long first;
        synchronized (this) {
            first = end;
            for (EventBatch batch : put.batches()) {
                ByteBuffer copy = ByteBuffer.allocate(batch.encodedBytes());
                batch.copyTo(copy);
                if (!batch.isEmpty()) {
                    records.put(end, new Saved(copy.array(), batch.events(), batch.bodyBytes(), clock.millis()));
                }
                end += batch.events();
            }
        }
        return first;
    }

    private synchronized RecordReader.@Nullable Entry read(long sequence, long durableEnd) throws IOException {
        reads++;
        if (readFailure != null) {
            throw readFailure;
        }
        if (sequence >= durableEnd) {
            return null;
        }
        if (gaps.containsKey(sequence)) {
            return new RecordReader.Gap(sequence, gaps.get(sequence), "slot-0001.seg is damaged");
        }
        Map.Entry<Long, Saved> entry = records.floorEntry(sequence);
        if (entry == null || entry.getKey() + entry.getValue().events() <= sequence) {
            throw new IOException("nothing at " + sequence);
        }
        Saved saved = entry.getValue();
        EventBatch batch = EventBatch.restore(ByteBuffer.wrap(saved.bytes()), saved.events(), saved.bodyBytes());
        int before = (int) (sequence - entry.getKey());
        if (before > 0) {
            EventBatch.Split parts = batch.split(before);
            parts.head().release();
            batch = parts.tail();
        }
        return new RecordReader.Stored(sequence, batch, RecordHeader.NO_SENDER, 0, saved.epochMillis());
    }

    private final class Opened implements Log {
        private final LogState recovered;
        private final long recoveredEnd;

        Opened(LogState recovered, long recoveredEnd) {
            this.recovered = recovered;
            this.recoveredEnd = recoveredEnd;
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
            synchronized (FakeLog.this) {
                Error thrown = nextError;
                nextError = null;
                if (thrown != null) {
                    throw thrown;
                }
                long bytes = 0;
                for (Map.Entry<Long, Saved> entry :
                        records.headMap(recoveredEnd).entrySet()) {
                    Saved saved = entry.getValue();
                    long wanted = Math.min(saved.events(), entry.getKey() + saved.events() - from);
                    bytes += Math.max(0, wanted) * saved.bytes().length / saved.events();
                }
                return bytes;
            }
        }

        @Override
        public void append(Append put) {
            Runnable meanwhile;
            synchronized (FakeLog.this) {
                meanwhile = duringNextAppend;
                duringNextAppend = null;
            }
            if (meanwhile != null) {
                meanwhile.run();
            }
            ChannelException why;
            synchronized (FakeLog.this) {
                why = refusal;
                if (why == null && held) {
                    waiting.add(put);
                    return;
                }
            }
            if (why == null) {
                save(put);
            } else {
                put.failed(why);
            }
        }

        /** Nothing waits here. */
        @Override
        public void flush() {}

        @Override
        public void commit(PositionUpdate update) {
            synchronized (FakeLog.this) {
                if (!positionsHeld) {
                    state.apply(update);
                }
            }
        }

        @Override
        public void commitAndWait(PositionUpdate update) {
            synchronized (FakeLog.this) {
                positionWaits++;
                if (refusal != null) {
                    throw refusal;
                }
            }
            commit(update);
        }

        @Override
        public RecordReader read(long sequence) {
            synchronized (FakeLog.this) {
                openReaders++;
            }
            return new Reader(sequence);
        }

        @Override
        public boolean isFull() {
            synchronized (FakeLog.this) {
                return full;
            }
        }

        @Override
        public void onChange(Runnable action) {
            synchronized (FakeLog.this) {
                onChange = action;
            }
        }

        @Override
        public @Nullable String trouble() {
            synchronized (FakeLog.this) {
                return refusal == null ? null : refusal.getMessage();
            }
        }

        @Override
        public LogFigures figures() {
            return new LogFigures(1, 2, 4096, 0, 0, 0, 0, 0);
        }

        @Override
        public void close() {
            letGo();
            synchronized (FakeLog.this) {
                inUse = false;
            }
        }
    }

    private final class Reader implements RecordReader {
        private long next;

        Reader(long next) {
            this.next = next;
        }

        @Override
        public @Nullable Entry next(long durableSequence) throws IOException {
            Entry entry = read(next, durableSequence);
            if (entry instanceof Stored stored) {
                next += stored.batch().events();
            } else if (entry instanceof Gap gap) {
                next = gap.to();
            }
            return entry;
        }

        @Override
        public void seek(long sequence) {
            next = sequence;
        }

        @Override
        public long sequence() {
            return next;
        }

        @Override
        public void close() {
            synchronized (FakeLog.this) {
                openReaders--;
            }
        }
    }

    /** What a reader has committed above its watermark. */
    synchronized List<EventRange> above(String reader) {
        return new ArrayList<>(state.committedAbove(reader));
    }
}
