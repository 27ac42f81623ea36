package org.millrace.durable.format;

/** The unit that a disk writes whole, as we suppose: groups start and end on it. */
public final class Blocks {
    public static final int BYTES = 4096;

    private Blocks() {}

    /** The length rounded up to whole blocks. */
    public static long roundUp(long bytes) {
        return (bytes + BYTES - 1) & -BYTES;
    }
}
