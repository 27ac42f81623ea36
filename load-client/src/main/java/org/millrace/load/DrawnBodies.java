package org.millrace.load;

import java.util.SplittableRandom;

/**
 * Bodies of random text. Their lengths and contents are drawn once, for so many events as {@link #DRAWS} says, and come again and
 * again.
 */
final class DrawnBodies implements Bodies {
    /** Events whose chances are drawn. */
    static final int DRAWS = 1 << 16;

    private static final int LEAST_TEXT_BYTES = 64 << 10;

    private final BodySizes sizes;
    private final byte[] text;
    private final int[] offsets = new int[DRAWS];
    private final int[] lengths = new int[DRAWS];

    DrawnBodies(BodySizes sizes, SplittableRandom random) {
        this.sizes = sizes;
        this.text = text(Math.max(LEAST_TEXT_BYTES, 2 * sizes.longest()), random);
        for (int i = 0; i < DRAWS; i++) {
            lengths[i] = sizes.draw().next(random);
            offsets[i] = random.nextInt(text.length - lengths[i] + 1);
        }
    }

    /** Printable, and as hard to compress as text from 64 letters can be. */
    private static byte[] text(int bytes, SplittableRandom random) {
        byte[] text = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            text[i] = (byte) ('0' + random.nextInt(64));
        }
        return text;
    }

    @Override
    public byte[] array() {
        return text;
    }

    @Override
    public int offset(long event) {
        return offsets[(int) (event % DRAWS)];
    }

    @Override
    public int length(long event) {
        return lengths[(int) (event % DRAWS)];
    }

    @Override
    public int longest() {
        return sizes.longest();
    }

    @Override
    public long period() {
        return sizes.isFixed() ? 1 : DRAWS;
    }

    @Override
    public boolean isDrawn() {
        return true;
    }
}
