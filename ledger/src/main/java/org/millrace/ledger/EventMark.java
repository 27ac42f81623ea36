package org.millrace.ledger;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * What stands in front of an event's body, so that the event can be told from all others, and a whole one from a damaged one, wherever it
 * has got to. 35 bytes of ASCII, for readers of text files as well:
 *
 * <pre>
 * mr1.0c5f19e2.000000012345.9a0f33c1 then the body
 *     |        |            '- CRC32C of the run's id (16 bytes), the twelve digits and the body
 *     |        '- the event's number in its run
 *     '- the first half of the id's first word
 * </pre>
 *
 * Of one run. Immutable; {@link #write} and {@link #read} may be called by several threads.
 */
public final class EventMark {
    /** How much longer a mark makes a body. */
    public static final int BYTES = 35;

    /** The highest number of an event. */
    public static final long MOST = 999_999_999_999L;

    private static final String MAGIC = "mr1.";
    private static final int TAG_CHARS = 8;
    private static final int DIGITS = 12;
    private static final int NUMBER_AT = MAGIC.length() + TAG_CHARS + 1;
    private static final int CHECK_AT = NUMBER_AT + DIGITS + 1;
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private final byte[] id;
    private final byte[] start;

    public EventMark(UUID run) {
        this.id = ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(run.getMostSignificantBits())
                .putLong(run.getLeastSignificantBits())
                .array();
        this.start = (MAGIC + run.toString().substring(0, TAG_CHARS) + ".").getBytes(StandardCharsets.US_ASCII);
    }

    /** What a piece of data turned out to be. */
    public enum Kind {
        /** An event of the run, as it was sent. */
        WHOLE,
        /** An event of the run that was changed, cut, or joined with another one. */
        DAMAGED,
        /** None of this run's. */
        FOREIGN
    }

    /**
     * What was found.
     *
     * @param number of the event if it is {@link Kind#WHOLE}; without meaning otherwise
     */
    public record Found(Kind kind, long number) {
        static final Found DAMAGED = new Found(Kind.DAMAGED, -1);
        static final Found FOREIGN = new Found(Kind.FOREIGN, -1);
    }

    /**
     * Puts a mark in front of a body that already stands behind its place.
     *
     * @param array the mark goes to {@code offset}, the body stands at {@code offset + BYTES}
     * @param bodyBytes of the body, without the mark
     * @param number 0 to {@link #MOST}
     */
    public void write(byte[] array, int offset, int bodyBytes, long number) {
        if (number < 0 || number > MOST) {
            throw new IllegalArgumentException("number: " + number + " (expected: 0 to " + MOST + ")");
        }
        System.arraycopy(start, 0, array, offset, start.length);
        long rest = number;
        for (int i = DIGITS - 1; i >= 0; i--) {
            array[offset + NUMBER_AT + i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        array[offset + CHECK_AT - 1] = '.';
        int check = check(array, offset, offset + BYTES, bodyBytes);
        for (int i = 0; i < TAG_CHARS; i++) {
            array[offset + CHECK_AT + i] = hexDigit(check, i);
        }
        array[offset + BYTES - 1] = ' ';
    }

    /** Looks at a body, or at a line of a text file, with or without the headers in front that Flume's HEADER_AND_TEXT writes. */
    public Found read(byte[] array, int offset, int length) {
        int at = startsAt(array, offset, offset + length) ? offset : behindHeaders(array, offset, length);
        if (at < 0) {
            return Found.FOREIGN;
        }
        int bodyBytes = offset + length - at - BYTES;
        if (bodyBytes < 0 || array[at + CHECK_AT - 1] != '.' || array[at + BYTES - 1] != ' ') {
            return Found.DAMAGED;
        }
        long number = 0;
        for (int i = at + NUMBER_AT; i < at + NUMBER_AT + DIGITS; i++) {
            if (array[i] < '0' || array[i] > '9') {
                return Found.DAMAGED;
            }
            number = number * 10 + array[i] - '0';
        }
        int check = check(array, at, at + BYTES, bodyBytes);
        for (int i = 0; i < TAG_CHARS; i++) {
            if (array[at + CHECK_AT + i] != hexDigit(check, i)) {
                return Found.DAMAGED;
            }
        }
        return new Found(Kind.WHOLE, number);
    }

    private boolean startsAt(byte[] array, int at, int end) {
        return end - at >= start.length && Arrays.equals(array, at, at + start.length, start, 0, start.length);
    }

    /** The headers' text may contain anything: the first mark behind {@code "} "} counts. */
    private int behindHeaders(byte[] array, int offset, int length) {
        if (length == 0 || array[offset] != '{') {
            return -1;
        }
        int end = offset + length;
        for (int i = offset + 1; i < end - start.length - 1; i++) {
            if (array[i] == '}' && array[i + 1] == ' ' && startsAt(array, i + 2, end)) {
                return i + 2;
            }
        }
        return -1;
    }

    private int check(byte[] array, int mark, int body, int bodyBytes) {
        CRC32C check = new CRC32C();
        check.update(id);
        check.update(array, mark + NUMBER_AT, DIGITS);
        check.update(array, body, bodyBytes);
        return (int) check.getValue();
    }

    private static byte hexDigit(int value, int place) {
        return HEX[(value >>> (28 - 4 * place)) & 0xF];
    }
}
