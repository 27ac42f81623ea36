package org.millrace.soak;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;

/** Events that are all different and tell by themselves whether they are whole: everything follows from an event's number. */
final class SoakEvent {
    private static final String NUMBER = "n";
    private static final String HOST = "host";
    private static final String HOST_NAME = "wéb01"; // in more bytes than letters
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    /** Bodies of so many bytes or more tell whose they are. */
    static final int TELLING_BYTES = Long.BYTES;

    private static final int USUAL_BYTES = 1024;
    private static final int LARGE_BYTES = 48 << 10;
    private static final int HIGHEST_KIND = 255;

    private SoakEvent() {}

    static Map<String, String> headers(long number) {
        return Map.of(NUMBER, Long.toString(number), HOST, HOST_NAME);
    }

    /** Most are up to 1 KiB, 512 bytes on average; some are empty, and one in 256 has up to 48 KiB. */
    static byte[] body(long number) {
        return body(number, bodyBytes(number));
    }

    /** As {@link #body(long)}, but not smaller than that. */
    static byte[] bodyOfAtLeast(int bytes, long number) {
        return body(number, Math.max(bytes, bodyBytes(number)));
    }

    static byte[] body(long number, int bytes) {
        ByteBuffer whole = ByteBuffer.allocate((bytes + Long.BYTES - 1) & -Long.BYTES);
        for (long i = 1; whole.hasRemaining(); i++) {
            whole.putLong(mix(number + i * GOLDEN));
        }
        return Arrays.copyOf(whole.array(), bytes);
    }

    private static int bodyBytes(long number) {
        long random = mix(~number);
        int kind = (int) (random & HIGHEST_KIND);
        int size = (int) (random >>> 33);
        if (kind == 0) {
            return 0;
        }
        return kind == HIGHEST_KIND ? size % LARGE_BYTES : size % USUAL_BYTES;
    }

    /**
     * The event's number, if it is as it was made: the same headers, none more, and every byte of the body.
     *
     * @throws IllegalArgumentException if not
     */
    static long check(Map<String, String> headers, byte[] body) {
        return check(headers, body, 0);
    }

    /** As {@link #check(Map, byte[])}, of one that was made with {@link #bodyOfAtLeast}. */
    static long check(Map<String, String> headers, byte[] body, int leastBodyBytes) {
        long number = Long.parseLong(headers.getOrDefault(NUMBER, "none"));
        if (number < 0 || !headers.equals(headers(number))) {
            throw new IllegalArgumentException("headers of event " + number + ": " + headers);
        }
        if (!Arrays.equals(body, bodyOfAtLeast(leastBodyBytes, number))) {
            throw new IllegalArgumentException("the body of event " + number + " was changed");
        }
        return number;
    }

    /**
     * The event's number, by a body that tells it: as it was made, or the first bytes of more.
     *
     * @param from where the body begins
     * @throws IllegalArgumentException if there is none
     */
    static long numberAt(byte[] bytes, int from) {
        if (from + TELLING_BYTES > bytes.length) {
            throw new IllegalArgumentException(bytes.length - from + " bytes are no body");
        }
        long number = unmix(ByteBuffer.wrap(bytes).getLong(from)) - GOLDEN;
        byte[] body = number < 0 ? new byte[0] : bodyOfAtLeast(TELLING_BYTES, number);
        int to = from + body.length;
        if (body.length == 0 || to > bytes.length || !Arrays.equals(body, 0, body.length, bytes, from, to)) {
            throw new IllegalArgumentException("the body at byte " + from + " of " + bytes.length + " was changed");
        }
        return number;
    }

    /** Spreads a number over all bits: the finalizer of SplitMix64. */
    private static long mix(long z) {
        long mixed = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }

    /** What was spread: {@link #mix} loses nothing. */
    private static long unmix(long z) {
        long mixed =
                (z ^ (z >>> 31) ^ (z >>> 62)) * 0x319642B2D24D8EC3L; // times the inverse of mix's factor, modulo 2^64
        mixed = (mixed ^ (mixed >>> 27) ^ (mixed >>> 54)) * 0x96DE1B173F119089L;
        return mixed ^ (mixed >>> 30) ^ (mixed >>> 60);
    }
}
