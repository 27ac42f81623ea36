package org.millrace.hdfs;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a sink notes of its open files on the agent's disk, for want of a channel that keeps it. It outlives a kill of the agent to the
 * last note; a loss of power only to the last one that was forced, and the restart can tell: {@link #isOfThisBoot}.
 *
 * <p>Two files are written in turn, each from its start, so that one of them is always whole. In big-endian:
 *
 * <pre>
 * "MRLR" | u64 number of the note | u16 length, modified UTF-8: what the kernel calls the time since it started
 * u32 bytes | these: a manifest | u32 CRC32C of all before
 * </pre>
 *
 * <p>One thread. The files are locked as long as it is open: two agents of the same names on one machine do not mistake each other's.
 */
final class LocalRecord implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LocalRecord.class);
    private static final int MAGIC = 0x4d524c52;
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    private final Path name;
    private final String boot;
    private final RandomAccessFile[] slots;
    private long number;
    private byte @Nullable [] found;
    private boolean isOfThisBoot = true;

    /**
     * Where records are.
     *
     * @param isConfigured whether the file says so; if not, a sink goes on without where it cannot be used
     */
    record Place(boolean isConfigured, Path directory) {}

    private static final class Note {
        private final long number;
        private final String boot;
        private final byte[] state;

        Note(long number, String boot, byte[] state) {
            this.number = number;
            this.boot = boot;
            this.state = state;
        }
    }

    private LocalRecord(Path name, String boot, RandomAccessFile[] slots) {
        this.name = name;
        this.boot = boot;
        this.slots = slots;
    }

    /**
     * Opens the record of a sink, and makes it where there is none.
     *
     * @throws IOException if that is not possible, or another process has it open
     */
    static LocalRecord open(Path directory, String agent, String sink) throws IOException {
        return open(directory, agent, sink, bootId());
    }

    /** As {@link #open(Path, String, String)}, on a machine that was started as the last parameter says. */
    static LocalRecord open(Path directory, String agent, String sink, String boot) throws IOException {
        Path name = Files.createDirectories(directory.resolve(safe(agent))).resolve(safe(sink));
        RandomAccessFile[] slots = new RandomAccessFile[2];
        LocalRecord record = new LocalRecord(name, boot, slots);
        try {
            for (int i = 0; i < slots.length; i++) {
                slots[i] = new RandomAccessFile(record.slot(i).toFile(), "rw");
            }
            record.lock();
            record.load();
            return record;
        } catch (IOException | RuntimeException | Error e) {
            record.close();
            throw e;
        }
    }

    private static String bootId() {
        try {
            return Files.readString(BOOT_ID).strip();
        } catch (IOException e) {
            return ""; // never the same as that of a note
        }
    }

    /** No two names have the same file, and none leaves the directory. */
    private static String safe(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace(".", "%2E");
    }

    private Path slot(int i) {
        return name.resolveSibling(name.getFileName() + "." + i);
    }

    private void lock() throws IOException {
        try {
            if (slots[0].getChannel().tryLock() != null) {
                return;
            }
        } catch (OverlappingFileLockException e) {
            log.debug("{} is locked by this process", slot(0), e);
        }
        throw new IOException(slot(0) + " is in use by another agent with the same agent and sink name");
    }

    private void load() throws IOException {
        Note newest = null;
        boolean isDamaged = false;
        for (RandomAccessFile slot : slots) {
            byte[] bytes = new byte[Math.toIntExact(slot.length())];
            slot.readFully(bytes);
            Note note = decode(bytes);
            isDamaged |= note == null && bytes.length > 0;
            if (note != null && (newest == null || note.number > newest.number)) {
                newest = note;
            }
        }
        if (newest != null) {
            number = newest.number;
            found = newest.state;
            isOfThisBoot = !boot.isEmpty() && boot.equals(newest.boot);
        } else if (isDamaged) {
            setAside();
        }
    }

    private void setAside() throws IOException {
        for (int i = 0; i < slots.length; i++) {
            Path aside = Path.of(slot(i) + ".damaged");
            Files.copy(slot(i), aside, StandardCopyOption.REPLACE_EXISTING);
            log.error(
                    "{} cannot be read, and was copied to {}: files that were open when the machine stopped may keep"
                            + " their in-use names",
                    slot(i),
                    aside);
        }
    }

    /** The last note; null if there is none. */
    byte @Nullable [] found() {
        return found == null ? null : found.clone();
    }

    /** True if the last note that was made is the one that was found: the machine has not been started again since. */
    boolean isOfThisBoot() {
        return isOfThisBoot;
    }

    /**
     * Makes a note: it counts from now on.
     *
     * @param durably whether it outlives a loss of power too
     */
    void write(byte[] state, boolean durably) throws IOException {
        byte[] note = encode(new Note(number + 1, boot, state));
        RandomAccessFile slot = slots[(int) ((number + 1) % slots.length)];
        slot.seek(0);
        slot.write(note); // longer ones before it may go on behind
        if (durably) {
            slot.getFD().sync();
        }
        number++;
    }

    private static byte[] encode(Note note) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(note.state.length + 100);
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(MAGIC);
        out.writeLong(note.number);
        out.writeUTF(note.boot);
        out.writeInt(note.state.length);
        out.write(note.state);
        out.writeInt(checksum(bytes.toByteArray(), bytes.size()));
        return bytes.toByteArray();
    }

    private static @Nullable Note decode(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            if (in.readInt() != MAGIC) {
                return null;
            }
            long number = in.readLong();
            String boot = in.readUTF();
            int length = in.readInt();
            int at = bytes.length - in.available();
            if (length < 0 || length > in.available() - Integer.BYTES) {
                return null;
            }
            int end = at + length;
            if (ByteBuffer.wrap(bytes).getInt(end) != checksum(bytes, end)) {
                return null;
            }
            return new Note(number, boot, in.readNBytes(length));
        } catch (IOException e) {
            return null;
        }
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, length);
        return (int) checksum.getValue();
    }

    @Override
    public String toString() {
        return name.toString();
    }

    @Override
    public void close() throws IOException {
        for (RandomAccessFile slot : slots) {
            if (slot != null) {
                slot.close();
            }
        }
    }
}
