package org.millrace.ledger;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.file.DataFileStream;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;
import org.millrace.ledger.LedgerFormat.What;
import org.roaringbitmap.longlong.Roaring64Bitmap;

/**
 * A ledger that was read: which events of a run may have been sent, and what became of them. Events that neither a host has acked nor
 * all hosts have refused are unknown. At rest once it is read; nobody changes its sets.
 */
public final class Ledger {
    private final UUID run;
    private final List<String> hosts;
    private final Instant started;
    private final Roaring64Bitmap acked = new Roaring64Bitmap();
    private final Roaring64Bitmap refused = new Roaring64Bitmap();
    private final Roaring64Bitmap retried = new Roaring64Bitmap();
    private final Roaring64Bitmap moved = new Roaring64Bitmap();
    private long mayBeSent;
    private long used = -1;

    private Ledger(UUID run, List<String> hosts, Instant started) {
        this.run = run;
        this.hosts = hosts;
        this.started = started;
    }

    /**
     * Reads a ledger, also one that was cut off anywhere behind its head: what its last part said is then missing.
     *
     * @throws IOException if it is none, or is damaged; the message names the file and what is wrong with it
     */
    public static Ledger read(Path file) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file));
                DataFileStream<GenericRecord> records = open(file, in)) {
            Ledger ledger = head(file, records);
            ledger.readAll(file, records);
            return ledger;
        } catch (NoSuchFileException e) {
            throw new IOException(file + ": no such file (expected: a ledger of millrace load --ledger)", e);
        }
    }

    private static DataFileStream<GenericRecord> open(Path file, InputStream in) throws IOException {
        try {
            return new DataFileStream<>(in, new GenericDatumReader<>(LedgerFormat.schema()));
        } catch (IOException | RuntimeException e) {
            throw noLedger(file, "its head cannot be read: " + e, e);
        }
    }

    private static Ledger head(Path file, DataFileStream<GenericRecord> records) throws IOException {
        String version = text(file, records, LedgerFormat.VERSION_KEY);
        if (!version.equals(LedgerFormat.VERSION)) {
            throw noLedger(file, "its format is " + version + ", and ours is " + LedgerFormat.VERSION, null);
        }
        try {
            return new Ledger(
                    UUID.fromString(text(file, records, LedgerFormat.RUN_KEY)),
                    List.of(text(file, records, LedgerFormat.HOSTS_KEY).split(",", -1)),
                    Instant.parse(text(file, records, LedgerFormat.STARTED_KEY)));
        } catch (IllegalArgumentException | DateTimeException e) {
            throw noLedger(file, "its head makes no sense: " + e.getMessage(), e);
        }
    }

    private static String text(Path file, DataFileStream<GenericRecord> records, String key) throws IOException {
        byte[] value = records.getMeta(key);
        if (value == null) {
            throw noLedger(file, "an Avro file without " + key, null);
        }
        return new String(value, StandardCharsets.UTF_8);
    }

    private static IOException noLedger(Path file, String why, @Nullable Throwable cause) {
        return new IOException(
                file + ": not a ledger that can be read: " + why + " (expected: a file of millrace load --ledger)",
                cause);
    }

    private void readAll(Path file, DataFileStream<GenericRecord> records) throws IOException {
        long read = 0;
        try {
            // Where a kill has cut it, Avro says that there is no more, or that there is and then runs into the end.
            while (records.hasNext() && records.getBlockCount() > 0) {
                take(records.next());
                read++;
            }
        } catch (AvroRuntimeException | IOException | IllegalArgumentException e) {
            if (e instanceof EOFException || e.getCause() instanceof EOFException) {
                return;
            }
            throw new IOException(
                    file + ": damaged behind record " + read + ": " + e.getMessage()
                            + " (expected: whole, or cut off by a kill)",
                    e);
        }
    }

    private void take(GenericRecord entry) throws IOException {
        What what = What.valueOf(String.valueOf(entry.get(LedgerFormat.WHAT)));
        long first = number(entry, LedgerFormat.FIRST);
        long end = first + number(entry, LedgerFormat.EVENTS);
        if (first < 0 || end < first || end > EventMark.MOST + 1) {
            throw new IOException("events " + first + " to " + end + " (expected: 0 to " + EventMark.MOST + ")");
        }
        if (end == first && what != What.END) {
            return;
        }
        switch (what) {
            case MAY_BE_SENT -> mayBeSent = Math.max(mayBeSent, end);
            case ACKED -> acked.addRange(first, end);
            case REFUSED -> refused.addRange(first, end);
            case UNKNOWN -> {}
            case END -> used = end;
        }
        if (entry.get(LedgerFormat.TRIES) instanceof List<?> tries && tries.size() > 1) {
            boolean isOneHost = tries.stream().distinct().count() == 1;
            (isOneHost ? retried : moved).addRange(first, end);
        }
    }

    private static long number(GenericRecord entry, String name) throws IOException {
        if (entry.get(name) instanceof Long number) {
            return number;
        }
        throw new IOException(name + ": missing (expected: a number)");
    }

    /** The run that the ledger is of. */
    public UUID run() {
        return run;
    }

    /** Where its batches went. */
    public List<String> hosts() {
        return hosts;
    }

    public Instant started() {
        return started;
    }

    /** False if the load tester was killed: then the end of the ledger is missing, and more may be unknown than was. */
    public boolean isComplete() {
        return used >= 0;
    }

    /** Numbers from 0 up to this one, without it, may have been sent; others were not. */
    public long usedEnd() {
        return isComplete() ? used : mayBeSent;
    }

    /** Events that a host has acked. */
    public Roaring64Bitmap acked() {
        return acked;
    }

    /** Events that no host has taken, by what they said. */
    public Roaring64Bitmap refused() {
        return refused;
    }

    /** Events that were sent more than once, to one host alone. */
    public Roaring64Bitmap retried() {
        return retried;
    }

    /** Events that were sent to several hosts. */
    public Roaring64Bitmap moved() {
        return moved;
    }

    /** How many may have been sent, and nobody knows whether a host has them. */
    public long unknownEvents() {
        return usedEnd() - acked.getLongCardinality() - refused.getLongCardinality();
    }
}
