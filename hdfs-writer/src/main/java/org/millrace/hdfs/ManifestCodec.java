package org.millrace.hdfs;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.apache.hadoop.fs.Path;

/**
 * A manifest as bytes, in big-endian. What many files have in common is there once: a file takes 45 bytes, and those of its directory's
 * name.
 *
 * <pre>
 * "MRFM" | u8 version, 1
 * u32 strings, each: u16 length, modified UTF-8
 * u32 files, each: u8 state: 1 OPENING, 2 OPEN, 3 FINISHING, 4 AT_LEAST
 *                  | u32 × 5 in-use prefix, in-use suffix, suffix, directory, prefix: numbers of strings
 *                  | u64 counter | u64 counter of the final name | u64 bytes
 * u32 CRC32C of all before
 * </pre>
 */
final class ManifestCodec {
    private static final int MAGIC = 0x4d52464d;
    private static final int VERSION = 1;

    private ManifestCodec() {}

    static byte[] encode(Collection<FileEntry> entries) {
        Map<String, Integer> strings = new LinkedHashMap<>();
        ByteArrayOutputStream files = new ByteArrayOutputStream(64 + 45 * entries.size());
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(files);
                DataOutputStream head = new DataOutputStream(whole)) {
            out.writeInt(entries.size());
            for (FileEntry entry : entries) {
                write(entry, strings, out);
            }
            head.writeInt(MAGIC);
            head.writeByte(VERSION);
            head.writeInt(strings.size());
            for (String string : strings.keySet()) {
                head.writeUTF(string);
            }
            files.writeTo(head);
            head.writeInt(checksum(whole.toByteArray(), whole.size()));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // never: it goes to memory
        }
        return whole.toByteArray();
    }

    private static void write(FileEntry entry, Map<String, Integer> strings, DataOutputStream out) throws IOException {
        out.writeByte(entry.state().code());
        FileNaming naming = entry.naming();
        for (String string : new String[] {
            naming.inUsePrefix(),
            naming.inUseSuffix(),
            naming.suffix(),
            entry.directory().toString(),
            entry.prefix()
        }) {
            Integer known = strings.putIfAbsent(string, strings.size());
            out.writeInt(known == null ? strings.size() - 1 : known);
        }
        out.writeLong(entry.counter());
        out.writeLong(entry.completeCounter());
        out.writeLong(entry.bytes());
    }

    /** @throws IllegalArgumentException if it is not what {@link #encode} gave; the message says what it is instead */
    static List<FileEntry> decode(byte[] bytes) {
        int end = bytes.length - Integer.BYTES;
        if (end <= 0 || ByteBuffer.wrap(bytes).getInt(end) != checksum(bytes, end)) {
            throw new IllegalArgumentException("its checksum is wrong (" + bytes.length + " bytes)");
        }
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, 0, end))) {
            if (in.readInt() != MAGIC) {
                throw new IllegalArgumentException("it is something else");
            }
            int version = in.readUnsignedByte();
            if (version != VERSION) {
                throw new IllegalArgumentException("it has version " + version + " (expected: " + VERSION + ")");
            }
            return read(in);
        } catch (IOException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("it makes no sense", e);
        }
    }

    private static List<FileEntry> read(DataInputStream in) throws IOException {
        List<String> strings = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            strings.add(in.readUTF());
        }
        List<FileEntry> entries = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            FileEntry.State state = FileEntry.State.of(in.readUnsignedByte());
            FileNaming naming =
                    new FileNaming(strings.get(in.readInt()), strings.get(in.readInt()), strings.get(in.readInt()));
            entries.add(new FileEntry(
                    naming,
                    new Path(strings.get(in.readInt())),
                    strings.get(in.readInt()),
                    in.readLong(),
                    in.readLong(),
                    state,
                    in.readLong()));
        }
        return entries;
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, length);
        return (int) checksum.getValue();
    }
}
