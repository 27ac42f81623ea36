package org.millrace.durable.storage;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a file: as they are read now, and as they are on disk. In pages, of which a crash keeps single sectors. A page that is
 * the same in both is shared, and copied when it is written to. Guarded by the disks' lock.
 */
final class SimulatedFile {
    private static final int PAGE = 4096;
    private static final int SECTOR = 512;
    private static final byte[] ZEROS = new byte[PAGE];

    private final BitSet unforced = new BitSet();
    private byte[][] cached;
    private byte[][] onDisk;
    private long size;

    SimulatedFile(long size) {
        this.size = size;
        cached = new byte[pages(size)][];
        Arrays.fill(cached, ZEROS);
        onDisk = cached.clone();
    }

    SimulatedFile(byte[] content) {
        this(content.length);
        write(ByteBuffer.wrap(content), 0);
        force();
    }

    long size() {
        return size;
    }

    void write(ByteBuffer source, long position) {
        grow(position + source.remaining());
        for (long at = position; source.hasRemaining(); ) {
            int page = (int) (at / PAGE);
            int from = (int) (at % PAGE);
            int length = Math.min(PAGE - from, source.remaining());
            if (cached[page] == onDisk[page]) {
                cached[page] = cached[page].clone();
            }
            source.get(cached[page], from, length);
            unforced.set(page);
            at += length;
        }
    }

    int read(ByteBuffer target, long position) {
        int start = target.position();
        for (long at = position; at < size && target.hasRemaining(); ) {
            int from = (int) (at % PAGE);
            int length = (int) Math.min(Math.min(PAGE - from, target.remaining()), size - at);
            target.put(cached[(int) (at / PAGE)], from, length);
            at += length;
        }
        return target.position() - start;
    }

    byte[] content() {
        ByteBuffer content = ByteBuffer.allocate((int) size);
        read(content, 0);
        return content.array();
    }

    void force() {
        for (int page = unforced.nextSetBit(0); page >= 0; page = unforced.nextSetBit(page + 1)) {
            onDisk[page] = cached[page];
        }
        unforced.clear();
    }

    /** As Linux has it: what was to be forced counts as forced, is on disk or is not, and is still read as it was written, or is not. */
    void failForce(Random random) {
        forceSome(random);
        for (int page = unforced.nextSetBit(0); page >= 0; page = unforced.nextSetBit(page + 1)) {
            if (random.nextBoolean()) {
                cached[page] = onDisk[page];
            }
        }
        unforced.clear();
    }

    /** Some sectors reach the disk, in no order; nothing counts as forced. */
    void forceSome(Random random) {
        int most = 1 + random.nextInt(9); // how likely: from almost none to almost all
        for (int page = unforced.nextSetBit(0); page >= 0; page = unforced.nextSetBit(page + 1)) {
            byte[] mixed = onDisk[page].clone();
            for (int from = 0; from < PAGE; from += SECTOR) {
                if (random.nextInt(10) < most) {
                    System.arraycopy(cached[page], from, mixed, from, SECTOR);
                }
            }
            onDisk[page] = mixed;
        }
    }

    void losePower(Random random) {
        forceSome(random);
        cached = onDisk.clone();
        unforced.clear();
    }

    /** Damages a byte, on disk and off. */
    void flip(long position, int bits) {
        int page = (int) (position / PAGE);
        cached[page] = flipped(cached[page], position, bits);
        onDisk[page] = unforced.get(page) ? flipped(onDisk[page], position, bits) : cached[page];
    }

    private static byte[] flipped(byte[] page, long position, int bits) {
        byte[] copy = page.clone();
        copy[(int) (position % PAGE)] ^= (byte) bits;
        return copy;
    }

    private void grow(long bytes) {
        if (bytes > size) {
            cached = grown(cached, bytes);
            onDisk = grown(onDisk, bytes);
            size = bytes;
        }
    }

    private static byte[][] grown(byte[][] pages, long bytes) {
        byte[] @Nullable [] grown = Arrays.copyOf(pages, pages(bytes));
        Arrays.fill(grown, pages.length, grown.length, ZEROS);
        return grown;
    }

    private static int pages(long bytes) {
        return (int) ((bytes + PAGE - 1) / PAGE);
    }
}
