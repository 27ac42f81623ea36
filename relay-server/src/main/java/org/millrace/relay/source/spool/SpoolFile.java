package org.millrace.relay.source.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.millrace.api.part.FileDeserializer;
import org.millrace.api.part.FileDeserializer.FileEvents;
import org.millrace.api.part.FileDeserializer.SourceFile;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.relay.source.file.FileHead;
import org.millrace.relay.source.file.FileOpening;
import org.millrace.relay.source.spool.SpoolSettings.FileHeaders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The file being read: its events in batches, how far they were committed, whether it stayed as it was. One thread. */
final class SpoolFile implements Closeable {
    /** A batch of long lines ends early, so that it stays well under what one buffer can hold. */
    private static final int MAX_BATCH_BYTES = 16 << 20;

    private static final byte[] NOTHING = new byte[0];
    private static final Logger log = LoggerFactory.getLogger(SpoolFile.class);

    private final Path path;
    private final SpoolContent content;
    private final FileState state;
    private final FileEvents parts;
    private final Map<String, String> headers;
    private final byte[] encodedHeaders;
    private final EventBatchBuilder batch = new EventBatchBuilder();
    private @Nullable String head;
    private final DeliveredChecksum checksum;
    private long committedOffset;
    private long readOffset;
    /** Where to go on behind so many events of the batch; 0: not known. */
    private long[] offsetsBehind = new long[128];

    private long events;
    private boolean hasEnded;
    /** What stopped the reading, after events that can still be delivered. */
    private @Nullable IOException failure;

    private SpoolFile(
            Path path,
            SpoolContent content,
            FileState state,
            @Nullable FilePosition resumed,
            FileEvents parts,
            Map<String, String> headers) {
        this.path = path;
        this.content = content;
        this.state = state;
        long start = resumed == null ? 0 : resumed.offset();
        Fingerprint known = resumed == null ? null : resumed.fingerprint();
        this.checksum = DeliveredChecksum.after(start, known == null ? null : known.checksum());
        this.committedOffset = start;
        this.readOffset = start;
        this.parts = parts;
        this.headers = headers;
        this.encodedHeaders = EventBatchBuilder.encodeHeaders(headers);
    }

    /**
     * @param resume how far the file was read before, or null; passed over if it is not a position in this file
     * @param buffer lent until the file is closed
     * @throws BadFileException if it can never be parted into events; any other failure may go by itself
     */
    static SpoolFile open(
            Path path, @Nullable FilePosition resume, SpoolSettings settings, byte[] buffer, FileOpening opening)
            throws IOException {
        SpoolContent content = new SpoolContent(opening.open(path));
        FileEvents parts = null;
        SpoolFile opened = null;
        try {
            FileState state = FileState.of(path);
            FilePosition resumed = resume != null && resume.fits(state, content) ? resume : null;
            try {
                long offset = resumed == null ? 0 : resumed.offset();
                parts = settings.format() instanceof LineFormat lines
                        ? lines.open(content, offset, buffer)
                        : settings.format().open(new SourceFile(path, content), offset);
                Map<String, String> headers = headersOf(path, parts.headers(), settings.headers());
                opened = new SpoolFile(path, content, state, resumed, parts, headers);
                return opened;
            } catch (IOException e) {
                throw content.hasFailed() ? e : BadFileException.of(e);
            } catch (RuntimeException | OutOfMemoryError | StackOverflowError | LinkageError e) {
                throw content.hasFailed() ? new IOException(e) : deserializerFailed(e);
            }
        } finally {
            if (opened == null) {
                close(path, parts, content);
            }
        }
    }

    /**
     * The next events, or null at the end. A file without any has one event, with an empty body.
     *
     * @throws BadFileException if what comes next can never be decoded; events in front of it were returned before
     * @throws IOException if it cannot be read now; the same holds for events in front of it
     */
    @Nullable
    EventBatch read(int maxEvents) throws IOException {
        if (failure != null) {
            throw failure;
        }
        fill(maxEvents);
        if (batch.events() == 0) {
            if (failure != null) {
                throw failure;
            }
            if (committedOffset > 0 || events > 0) {
                return null;
            }
            batch.add(encodedHeaders, NOTHING, 0, 0);
        }
        events += batch.events();
        return batch.build();
    }

    private void fill(int maxEvents) {
        Filling filling = new Filling(maxEvents);
        content.hasFailed(); // what came before does not count
        Arrays.fill(offsetsBehind, 0);
        try {
            hasEnded = !parts.read(filling);
        } catch (IOException e) {
            failure = content.hasFailed() ? e : BadFileException.of(e);
        } catch (RuntimeException | OutOfMemoryError | StackOverflowError | LinkageError e) {
            failure = content.hasFailed() ? new IOException(e) : deserializerFailed(e);
        }
        try {
            readOffset = parts.offset();
        } catch (RuntimeException | OutOfMemoryError | StackOverflowError | LinkageError e) {
            failure = deserializerFailed(e);
            filling.isWhole = false;
        }
        if (!filling.isWhole) {
            batch.close(); // without one of its events, or without where it ends, it is good for nothing
            if (failure == null) {
                failure = new BadFileException("the deserializer went on after an event could not be added");
            }
        }
    }

    /** A plug-in may throw anything, and a file may be too much for any deserializer. */
    private static BadFileException deserializerFailed(Throwable thrown) {
        return new BadFileException("the deserializer failed: " + thrown, thrown);
    }

    /** The batch as what parts the file sees it. */
    private final class Filling implements FileDeserializer.Batch {
        private final int maxEvents;
        private boolean isWhole = true;

        Filling(int maxEvents) {
            this.maxEvents = maxEvents;
        }

        @Override
        public boolean hasRoom() {
            noteOffset();
            return batch.events() < maxEvents && batch.encodedBytes() < MAX_BATCH_BYTES;
        }

        @Override
        public void add(byte[] body, int offset, int length) {
            begin();
            batch.add(encodedHeaders, body, offset, length);
            isWhole = true;
        }

        @Override
        public void add(Map<String, String> own, byte[] body, int offset, int length) {
            begin();
            Map<String, String> all = new LinkedHashMap<>(own);
            all.putAll(headers);
            batch.add(all, body, offset, length);
            isWhole = true;
        }

        /** Nothing goes behind an event that could not be added, whatever the deserializer makes of that. */
        private void begin() {
            if (!isWhole) {
                throw new IllegalStateException("an event could not be added, and so none can be behind it");
            }
            isWhole = false;
        }
    }

    /** A deserializer of a plug-in may have looked ahead at an event by now, and owes a true answer only behind its read. */
    private void noteOffset() {
        if (!(parts instanceof EventCutter)) {
            return;
        }
        int behind = batch.events();
        if (behind >= offsetsBehind.length) {
            offsetsBehind = Arrays.copyOf(offsetsBehind, 2 * behind);
        }
        offsetsBehind[behind] = parts.offset();
    }

    /** The first events of the batch that was read last have been delivered; true if that is worth to be taken down. */
    boolean commitFirst(int delivered) {
        int behind = Math.min(delivered, offsetsBehind.length - 1);
        while (behind > 0 && offsetsBehind[behind] == 0) {
            behind--;
        }
        boolean isFurther = offsetsBehind[behind] > committedOffset;
        committedOffset = Math.max(committedOffset, offsetsBehind[behind]);
        return isFurther;
    }

    /** What was read so far has been delivered. */
    void commit() {
        committedOffset = readOffset;
    }

    /** True if there is certainly no more to read. */
    boolean isAtEnd() {
        return failure == null && hasEnded;
    }

    long committedOffset() {
        return committedOffset;
    }

    Path path() {
        return path;
    }

    /** Events read. */
    long events() {
        return events;
    }

    /** What the file system said of it when it was opened. */
    FileState state() {
        return state;
    }

    /** How far the file was delivered, with all that it is to be known by. Reads what was delivered since it was asked last. */
    FilePosition position() throws IOException {
        if (head == null) {
            head = FileHead.of(content);
        }
        return new FilePosition(
                path, committedOffset, head, new Fingerprint(state, checksum.upTo(committedOffset, content)));
    }

    /** The same for when it is left; what cannot be read for that is left out. */
    FilePosition leftAt() {
        try {
            return position();
        } catch (IOException e) {
            log.debug("{} is known by its state alone", path, e);
            return new FilePosition(path, committedOffset, head, new Fingerprint(state, null));
        }
    }

    @Override
    public void close() {
        batch.close();
        close(path, parts, content);
    }

    private static void close(Path path, @Nullable FileEvents parts, FileChannel content) {
        try (content) {
            if (parts != null) {
                parts.close();
            }
        } catch (IOException | RuntimeException | OutOfMemoryError | StackOverflowError | LinkageError e) {
            log.debug("closing {}", path, e); // it was only read
        }
    }

    /** What is wanted of the file wins over what its content says. */
    private static Map<String, String> headersOf(Path path, Map<String, String> content, FileHeaders wanted) {
        Map<String, String> headers = new LinkedHashMap<>(content);
        headers.putAll(wanted.fixed());
        if (wanted.pathKey() != null) {
            headers.put(wanted.pathKey(), path.toAbsolutePath().toString());
        }
        if (wanted.nameKey() != null) {
            headers.put(wanted.nameKey(), path.getFileName().toString());
        }
        return headers;
    }
}
