package org.millrace.relay.source.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.file.SeekableByteArrayInput;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;
import org.millrace.relay.source.file.FileNames;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers how far the file being read was read, in Flume's file and Flume's format, so that either program goes on where the other
 * stopped:
 *
 * <pre>
 * .flumespool-main.meta   Avro container, record TransferStateFileMeta {long offset, string checksum or null}, one block per step, the
 *                         last one counts
 *   checksum                      CRC-32C of all bytes in front of the offset, in hex; ours, as what begins with millrace: Flume passes it by
 *   metadata  file                path of the file being read
 *             millrace.uri        the same byte for byte, where it is not all ASCII
 *             millrace.head       its {@link org.millrace.relay.source.file.FileHead}
 *             millrace.size       its state when it was opened, as are the next two
 *             millrace.modified
 *             millrace.inode
 * </pre>
 *
 * A step is one append without a force: a crash of the process loses nothing, a power cut at most goes back some steps, and then
 * events come twice, never not at all. A torn tail is left out, an empty or unreadable file means no position. A file begins, and is
 * shortened now and then, by a whole new file under a temporary name, forced, then renamed. One thread.
 */
final class PositionFile implements Closeable {
    static final String NAME = ".flumespool-main.meta";
    private static final String TARGET_KEY = "file";
    private static final String URI_KEY = "millrace.uri";
    private static final String HEAD_KEY = "millrace.head";
    private static final String SIZE_KEY = "millrace.size";
    private static final String MODIFIED_KEY = "millrace.modified";
    private static final String INODE_KEY = "millrace.inode";
    private static final String OFFSET = "offset";
    private static final String CHECKSUM = "checksum";
    private static final Schema SCHEMA = SchemaBuilder.record("TransferStateFileMeta")
            .namespace("org.apache.flume.serialization")
            .fields()
            .requiredLong(OFFSET)
            .optionalString(CHECKSUM)
            .endRecord();
    /** About 2 MiB. */
    private static final int MAX_STEPS = 1 << 16;

    private static final Logger log = LoggerFactory.getLogger(PositionFile.class);

    private final Path file;
    private final Path temporary;
    private final GenericRecord step = new GenericData.Record(SCHEMA);
    private @Nullable DataFileWriter<GenericRecord> writer;
    private @Nullable Path target;
    private int steps;

    PositionFile(Path directory) {
        this.file = directory.resolve(NAME);
        this.temporary = directory.resolve(NAME + ".tmp");
    }

    /** Deletes what an interrupted write of ours or of Flume's left in the directory. */
    void deleteLeftovers() throws IOException {
        try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(file.getParent(), NAME + "*.tmp")) {
            for (Path leftover : leftovers) {
                Files.delete(leftover);
            }
        }
    }

    /** What the last run remembered, or null. */
    @Nullable
    FilePosition read() throws IOException {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return null;
        }
        try (DataFileReader<GenericRecord> reader =
                new DataFileReader<>(new SeekableByteArrayInput(bytes), new GenericDatumReader<>(SCHEMA))) {
            Path target = target(reader);
            if (target == null) {
                return null;
            }
            FileState state = state(reader);
            GenericRecord last = lastStep(reader);
            Object checksum = last.get(CHECKSUM);
            return new FilePosition(
                    target,
                    (long) last.get(OFFSET),
                    reader.getMetaString(HEAD_KEY),
                    state == null ? null : new Fingerprint(state, checksum == null ? null : checksum.toString()));
        } catch (IOException | RuntimeException e) { // of the parser: the bytes are in memory
            log.warn(
                    "{} holds no position ({}): the file that was being read is read from its start",
                    file,
                    e.toString());
            return null;
        }
    }

    private static @Nullable Path target(DataFileReader<GenericRecord> reader) {
        String path = reader.getMetaString(TARGET_KEY);
        String uri = reader.getMetaString(URI_KEY);
        if (uri != null) {
            return FileNames.ofUri(uri);
        }
        return path == null ? null : Path.of(path);
    }

    /** Null where Flume wrote the file. */
    private static @Nullable FileState state(DataFileReader<GenericRecord> reader) {
        String size = reader.getMetaString(SIZE_KEY);
        String modified = reader.getMetaString(MODIFIED_KEY);
        String inode = reader.getMetaString(INODE_KEY);
        return size == null || modified == null || inode == null
                ? null
                : new FileState(Long.parseLong(size), Instant.parse(modified), inode);
    }

    private GenericRecord lastStep(DataFileReader<GenericRecord> reader) {
        GenericRecord last = new GenericData.Record(SCHEMA);
        last.put(OFFSET, 0L);
        try {
            while (reader.hasNext()) {
                last = reader.next();
            }
        } catch (AvroRuntimeException e) {
            log.warn(
                    "{} ends in a torn step ({}): going on from the one before, byte {}",
                    file,
                    e.toString(),
                    last.get(OFFSET));
        }
        return last;
    }

    /**
     * Takes down one step.
     *
     * @throws IOException if it was not written; the next step writes the whole file anew
     */
    void advance(FilePosition position) throws IOException {
        boolean written = false;
        try {
            if (writer == null || steps >= MAX_STEPS || !position.file().equals(target)) {
                begin(position);
            } else {
                append(writer, position);
            }
            steps++;
            written = true;
        } finally {
            if (!written) {
                abandon();
            }
        }
    }

    /** Forgets the position: its file is done. */
    void clear() throws IOException {
        abandon();
        Files.deleteIfExists(file);
    }

    /** The position stays for the next run. */
    @Override
    public void close() {
        abandon();
    }

    private void begin(FilePosition position) throws IOException {
        abandon();
        FileChannel out = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        DataFileWriter<GenericRecord> next = new DataFileWriter<>(new GenericDatumWriter<>(SCHEMA));
        boolean done = false;
        try {
            describe(next, position);
            next.create(SCHEMA, Channels.newOutputStream(out));
            append(next, position); // 1. a whole file under another name
            out.force(true); // 2. is on disk
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE); // 3. before it takes the place of the old one
            done = true;
        } finally {
            if (!done) {
                out.close();
            }
        }
        writer = next;
        target = position.file();
        steps = 0;
    }

    private static void describe(DataFileWriter<GenericRecord> to, FilePosition position) {
        to.setMeta(TARGET_KEY, position.file().toString());
        if (!FileNames.isAscii(position.file())) {
            to.setMeta(URI_KEY, FileNames.toUri(position.file()));
        }
        if (position.head() != null) {
            to.setMeta(HEAD_KEY, position.head());
        }
        Fingerprint known = position.fingerprint();
        if (known != null) {
            to.setMeta(SIZE_KEY, known.state().size());
            to.setMeta(MODIFIED_KEY, known.state().modified().toString());
            to.setMeta(INODE_KEY, known.state().inode());
        }
    }

    private void append(DataFileWriter<GenericRecord> to, FilePosition position) throws IOException {
        Fingerprint known = position.fingerprint();
        step.put(OFFSET, position.offset());
        step.put(CHECKSUM, known == null ? null : known.checksum());
        to.append(step);
        to.flush();
    }

    /** All steps were flushed: a failure to close loses none. */
    private void abandon() {
        if (writer != null) {
            try {
                writer.close();
            } catch (IOException e) {
                log.debug("closing {}", file, e);
            }
            writer = null;
        }
    }
}
