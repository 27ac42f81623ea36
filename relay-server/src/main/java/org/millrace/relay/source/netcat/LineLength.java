package org.millrace.relay.source.netcat;

/** Counts the UTF-16 units of UTF-8 as it comes. */
final class LineLength {
    /** What a byte that is not a character's first one starts with. */
    private static final int CONTINUATION = 0x80;

    private static final int FIRST_TWO_BITS = 0xC0;
    private static final int FIRST_OF_FOUR = 0xF0;

    private LineLength() {}

    static int units(byte[] utf8, int offset, int length) {
        int units = 0;
        for (int i = offset; i < offset + length; i++) {
            int b = utf8[i] & 0xFF;
            if ((b & FIRST_TWO_BITS) != CONTINUATION) {
                units += b >= FIRST_OF_FOUR ? 2 : 1;
            }
        }
        return units;
    }

    static boolean isAscii(byte[] bytes, int length) {
        for (int i = 0; i < length; i++) {
            if (bytes[i] < 0) {
                return false;
            }
        }
        return true;
    }
}
