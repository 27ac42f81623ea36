package org.millrace.relay.source.spool;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import org.apache.avro.file.DataFileConstants;

/**
 * Looks at lengths in an Avro container before Avro sets memory aside for them. In a damaged file they may be anything; and an agent
 * whose memory is not enough ends, so that the same file would end it at each start. Moves no position of the file.
 *
 * @param mostBytes what one length may be at most
 */
record AvroLengths(FileChannel file, long mostBytes) {
    /** As much of the heap as Avro may use for a block that it has unpacked. */
    private static final int SHARE_OF_HEAP = 4;

    private static final int LONGEST_VARINT = 10;

    static AvroLengths within(FileChannel file) {
        return new AvroLengths(file, Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP);
    }

    /**
     * The map in front of the first block: counted groups of keys and values, which end with an empty one. A group with a negative count
     * tells its bytes, too. A file that begins as no container does is left to Avro.
     */
    void checkHeader() throws IOException {
        if (!beginsAsContainer()) {
            return;
        }
        Numbers at = new Numbers(DataFileConstants.MAGIC.length);
        for (long count; (count = at.next()) != 0; ) {
            if (count < 0) {
                at.next();
            }
            for (long pair = 0; pair != Math.abs(count); pair++) {
                for (int half = 0; half < 2; half++) {
                    long length = at.next();
                    check(length, at.position, 0);
                    at.position += length;
                }
            }
        }
    }

    /** @param start of the block: how many records, how many bytes. Nothing is there at the end of the file */
    void checkBlock(long start) throws IOException {
        if (start < file.size()) {
            Numbers at = new Numbers(start);
            at.next();
            check(at.next(), at.position, DataFileConstants.SYNC_SIZE);
        }
    }

    private boolean beginsAsContainer() throws IOException {
        byte[] magic = new byte[DataFileConstants.MAGIC.length];
        return file.read(ByteBuffer.wrap(magic), 0) == magic.length && Arrays.equals(magic, DataFileConstants.MAGIC);
    }

    /** @param behind bytes that have to follow it */
    private void check(long length, long position, int behind) throws IOException {
        long left = Math.max(0, file.size() - position - behind);
        if (length < 0 || length > left) {
            throw new IOException("a length at byte " + position + " is " + length + ", and " + left
                    + " bytes are left for it: the file is damaged, or cut short");
        }
        if (length > mostBytes) {
            throw new IOException("a length at byte " + position + " is " + length + " (expected: at most " + mostBytes
                    + ", 1/" + SHARE_OF_HEAP + " of the heap; raise -Xmx if the file is as it should be)");
        }
    }

    /** Numbers as Avro writes them, one behind another: seven bits a byte, the lowest first, the sign in the lowest of all. */
    private final class Numbers {
        private final ByteBuffer bytes = ByteBuffer.allocate(LONGEST_VARINT);
        private long position;

        Numbers(long position) {
            this.position = position;
        }

        long next() throws IOException {
            bytes.clear();
            file.read(bytes, position);
            bytes.flip();
            long number = 0;
            byte last;
            int shift = 0;
            do {
                if (!bytes.hasRemaining()) {
                    throw new EOFException("a number at byte " + position + " does not end");
                }
                last = bytes.get();
                number |= (last & 0x7FL) << shift;
                shift += 7;
            } while (last < 0);
            position += bytes.position();
            return number >>> 1 ^ -(number & 1);
        }
    }
}
