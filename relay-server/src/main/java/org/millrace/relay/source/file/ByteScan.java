package org.millrace.relay.source.file;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Looks at bytes eight at a time. */
public final class ByteScan {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long LOW_BITS = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;

    private ByteScan() {}

    /** The first place of the byte in {@code from} to {@code to} - 1, or -1. */
    public static int indexOf(byte[] array, int from, int to, byte wanted) {
        long pattern = LOW_BITS * (wanted & 0xFF);
        int i = from;
        for (; i <= to - Long.BYTES; i += Long.BYTES) {
            long differs = (long) LONGS.get(array, i) ^ pattern;
            long zeros =
                    (differs - LOW_BITS) & ~differs & HIGH_BITS; // its lowest bit marks the first byte that is equal
            if (zeros != 0) {
                return i + Long.numberOfTrailingZeros(zeros) / Byte.SIZE;
            }
        }
        for (; i < to; i++) {
            if (array[i] == wanted) {
                return i;
            }
        }
        return -1;
    }

    /** True if no byte has its high bit set. */
    public static boolean isAscii(byte[] array, int from, int to) {
        int i = from;
        for (; i <= to - Long.BYTES; i += Long.BYTES) {
            if (((long) LONGS.get(array, i) & HIGH_BITS) != 0) {
                return false;
            }
        }
        for (; i < to; i++) {
            if (array[i] < 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * True if the bytes are well-formed UTF-8 (Unicode 15, table 3-7): no overlong form, no surrogate, nothing above U+10FFFF,
     * nothing cut short.
     */
    public static boolean isUtf8(byte[] array, int from, int to) {
        int i = from;
        while (i < to) {
            if (i <= to - Long.BYTES && ((long) LONGS.get(array, i) & HIGH_BITS) == 0) {
                i += Long.BYTES;
                continue;
            }
            int lead = array[i++];
            if (lead >= 0) {
                continue;
            }
            int more = continuations(lead);
            if (more == 0 || to - i < more || !isSecond(lead, array[i])) {
                return false;
            }
            for (int k = 1; k < more; k++) {
                if (!isContinuation(array[i + k])) {
                    return false;
                }
            }
            i += more;
        }
        return true;
    }

    /** How many bytes follow a lead byte; 0 if it is none. */
    private static int continuations(int lead) {
        int b = lead & 0xFF;
        if (b >= 0xC2 && b <= 0xDF) {
            return 1;
        }
        if (b >= 0xE0 && b <= 0xEF) {
            return 2;
        }
        return b >= 0xF0 && b <= 0xF4 ? 3 : 0;
    }

    /** The second byte is where overlong forms, surrogates and numbers too high show. */
    private static boolean isSecond(int lead, byte second) {
        int b = second & 0xFF;
        return switch (lead & 0xFF) {
            case 0xE0 -> b >= 0xA0 && b <= 0xBF;
            case 0xED -> b >= 0x80 && b <= 0x9F;
            case 0xF0 -> b >= 0x90 && b <= 0xBF;
            case 0xF4 -> b >= 0x80 && b <= 0x8F;
            default -> isContinuation(second);
        };
    }

    private static boolean isContinuation(byte b) {
        return (b & 0xC0) == 0x80;
    }
}
