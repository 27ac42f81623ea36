package org.millrace.ledger;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Schema;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;
import org.millrace.ledger.LedgerFormat.What;

/**
 * Writes a ledger while a run lasts. The file is usable at any moment, also after a kill of the process: numbers are noted before their
 * events are sent, and fates within a tenth of a second. What was noted outlives the process at once, and a loss of power once {@link
 * #close} has returned.
 *
 * <p>{@link #ended}: any thread; it does not touch the file. {@link #reserve} and {@link #close}: the sender. A thread of its own writes
 * fates.
 */
public final class LedgerWriter implements AutoCloseable {
    private static final int RESERVED_AHEAD = 100_000;
    private static final long WRITE_EVERY_MILLIS = 100;
    private static final int ZSTD_LEVEL = 1;

    private final Path file;
    private final UUID run;
    private final Schema schema;
    private final FileChannel channel;
    private final DataFileWriter<GenericRecord> out;
    private final ScheduledExecutorService ticks;

    /** Fates that are not in the file yet, by their first numbers; guarded by itself. */
    private final TreeMap<Long, Batches> waiting = new TreeMap<>();

    /** Numbers below this one are noted as perhaps sent. */
    private long reserved;

    private long used;
    private volatile @Nullable IOException failure;

    /** Batches that follow on one another and had the same fate. */
    private record Batches(long first, long events, Fate fate, List<Integer> tries) {
        boolean goesOnWith(Batches next) {
            return first + events == next.first && fate == next.fate && tries.equals(next.tries);
        }

        Batches with(Batches next) {
            return new Batches(first, events + next.events, fate, tries);
        }
    }

    private LedgerWriter(Path file, UUID run, Schema schema, FileChannel channel, DataFileWriter<GenericRecord> out) {
        this.file = file;
        this.run = run;
        this.schema = schema;
        this.channel = channel;
        this.out = out;
        this.ticks = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "ledger");
            thread.setDaemon(true);
            return thread;
        });
        ticks.scheduleWithFixedDelay(this::writeWaiting, WRITE_EVERY_MILLIS, WRITE_EVERY_MILLIS, TimeUnit.MILLISECONDS);
    }

    /**
     * Begins a ledger.
     *
     * @param file must not exist: a ledger is the only proof of its run
     * @param run the run's id, and nobody else's
     * @param hosts that batches are sent to, as {@link #ended} counts them
     */
    public static LedgerWriter create(Path file, UUID run, List<String> hosts, Instant started) throws IOException {
        Schema schema = LedgerFormat.schema();
        FileChannel channel = open(file);
        try {
            DataFileWriter<GenericRecord> out = new DataFileWriter<>(new GenericDatumWriter<>(schema));
            out.setCodec(CodecFactory.zstandardCodec(ZSTD_LEVEL, true));
            out.setMeta(LedgerFormat.VERSION_KEY, LedgerFormat.VERSION);
            out.setMeta(LedgerFormat.RUN_KEY, run.toString());
            out.setMeta(LedgerFormat.HOSTS_KEY, String.join(",", hosts));
            out.setMeta(LedgerFormat.STARTED_KEY, started.toString());
            out.create(schema, new BufferedOutputStream(Channels.newOutputStream(channel)));
            out.flush();
            return new LedgerWriter(file, run, schema, channel, out);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static FileChannel open(Path file) throws IOException {
        try {
            return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (FileAlreadyExistsException e) {
            throw new IOException(
                    file + ": is there already (expected: a new file; a ledger is never written over)", e);
        } catch (IOException e) {
            throw new IOException(file + ": cannot be made: " + e, e);
        }
    }

    public UUID run() {
        return run;
    }

    /**
     * Notes that all events below a number may be sent from now on.
     *
     * @throws IOException also with what went wrong before: then nothing more should be sent
     */
    public synchronized void reserve(long end) throws IOException {
        checkFailure();
        used = Math.max(used, end);
        if (end <= reserved) {
            return;
        }
        long next = end + RESERVED_AHEAD;
        try {
            append(What.MAY_BE_SENT, reserved, next - reserved, List.of());
            out.flush();
        } catch (IOException e) {
            throw failed(e);
        }
        reserved = next;
    }

    /**
     * A batch is at its end.
     *
     * @param tries the hosts that it was sent to, in order, by their place in the ledger's list
     */
    public void ended(long first, int events, Fate fate, List<Integer> tries) {
        Batches batch = new Batches(first, events, fate, List.copyOf(tries));
        synchronized (waiting) {
            var before = waiting.lowerEntry(first);
            if (before != null && before.getValue().goesOnWith(batch)) {
                batch = before.getValue().with(batch);
                waiting.remove(before.getKey());
            }
            Batches after = waiting.get(batch.first() + batch.events());
            if (after != null && batch.goesOnWith(after)) {
                waiting.remove(after.first());
                batch = batch.with(after);
            }
            waiting.put(batch.first(), batch);
        }
    }

    private synchronized void writeWaiting() {
        List<Batches> writing;
        synchronized (waiting) {
            writing = List.copyOf(waiting.values());
            waiting.clear();
        }
        if (writing.isEmpty() || failure != null) {
            return;
        }
        try {
            for (Batches batches : writing) {
                append(What.valueOf(batches.fate().name()), batches.first(), batches.events(), batches.tries());
            }
            out.flush();
        } catch (IOException e) {
            failed(e);
        }
    }

    private void append(What what, long first, long events, List<Integer> tries) throws IOException {
        GenericRecord record = new GenericData.Record(schema);
        record.put(
                LedgerFormat.WHAT,
                new GenericData.EnumSymbol(schema.getField(LedgerFormat.WHAT).schema(), what));
        record.put(LedgerFormat.FIRST, first);
        record.put(LedgerFormat.EVENTS, events);
        record.put(LedgerFormat.TRIES, tries);
        out.append(record);
    }

    private void checkFailure() throws IOException {
        IOException before = failure;
        if (before != null) {
            throw new IOException(before.getMessage(), before);
        }
    }

    private IOException failed(IOException cause) {
        IOException described = new IOException(file + ": cannot be written: " + cause, cause);
        failure = described;
        return described;
    }

    /** Writes the rest and that the run has ended, and forces it all. Twice if asked. */
    @Override
    public void close() throws IOException {
        ticks.shutdown();
        writeWaiting();
        synchronized (this) {
            if (!channel.isOpen()) {
                return;
            }
            try (channel) {
                checkFailure();
                append(What.END, 0, used, List.of());
                out.flush();
                channel.force(true);
            } catch (IOException e) {
                throw failure == null ? failed(e) : e;
            }
        }
    }
}
