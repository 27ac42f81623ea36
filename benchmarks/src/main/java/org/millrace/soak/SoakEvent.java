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
        long number = Long.parseLong(headers.getOrDefault(NUMBER, "none"));
        if (number < 0 || !headers.equals(headers(number))) {
            throw new IllegalArgumentException("headers of event " + number + ": " + headers);
        }
        if (!Arrays.equals(body, body(number))) {
            throw new IllegalArgumentException("the body of event " + number + " was changed");
        }
        return number;
    }

    /** Spreads a number over all bits: the finalizer of SplitMix64. */
    private static long mix(long z) {
        long mixed = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
