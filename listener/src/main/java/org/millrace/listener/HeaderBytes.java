package org.millrace.listener;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.codec.Varints;

/**
 * The header map of one event after another, as Avro encodes it, made from bytes without text in between: an array that is used again and
 * again. At most 63 headers. One thread.
 */
public final class HeaderBytes {
    private static final int FIRST_BYTES = 256;
    private static final int MAX_HEADERS = 63; // so that their count takes one byte

    private byte[] bytes = new byte[FIRST_BYTES];
    private int length;
    private int headers;

    /** A name, or a name and its value, that is the same in many events: encoded once. */
    public static byte[] encode(String... texts) {
        byte[] encoded = {};
        for (String text : texts) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            int size = Varints.size(utf8.length);
            int before = encoded.length;
            encoded = Arrays.copyOf(encoded, before + size + utf8.length);
            putLength(encoded, before, utf8.length);
            System.arraycopy(utf8, 0, encoded, before + size, utf8.length);
        }
        return encoded;
    }

    /** No headers: the next event. */
    public HeaderBytes clear() {
        length = 1;
        headers = 0;
        return this;
    }

    /** A header whose name and value were encoded before. */
    public HeaderBytes add(byte[] encodedNameAndValue) {
        count();
        append(encodedNameAndValue, 0, encodedNameAndValue.length);
        return this;
    }

    /** A header whose value is UTF-8 out of an array. */
    public HeaderBytes add(byte[] encodedName, byte[] value, int offset, int valueLength) {
        count();
        append(encodedName, 0, encodedName.length);
        ensure(Varints.size(valueLength));
        length = putLength(bytes, length, valueLength);
        append(value, offset, valueLength);
        return this;
    }

    public HeaderBytes add(byte[] encodedName, String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        return add(encodedName, utf8, 0, utf8.length);
    }

    /** A header whose value is a whole number, not below zero, in decimal digits. */
    public HeaderBytes add(byte[] encodedName, long value) {
        int digits = 1;
        for (long rest = value / 10; rest > 0; rest /= 10) {
            digits++;
        }
        count();
        append(encodedName, 0, encodedName.length);
        ensure(1 + digits);
        length = putLength(bytes, length, digits);
        long rest = value;
        for (int at = length + digits - 1; at >= length; at--) {
            bytes[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += digits;
        return this;
    }

    /** Adds an event with these headers to a batch. */
    public void addTo(EventBatchBuilder batch, byte[] body, int offset, int bodyLength) {
        if (headers == 0) {
            bytes[0] = 0;
            batch.add(bytes, 1, body, offset, bodyLength);
            return;
        }
        bytes[0] = (byte) (headers << 1); // zig-zag
        ensure(1);
        bytes[length] = 0; // no more entries
        batch.add(bytes, length + 1, body, offset, bodyLength);
    }

    private void count() {
        if (++headers > MAX_HEADERS) {
            throw new IllegalStateException("more than " + MAX_HEADERS + " headers");
        }
    }

    private void append(byte[] from, int offset, int count) {
        ensure(count);
        System.arraycopy(from, offset, bytes, length, count);
        length += count;
    }

    private void ensure(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(length + more, 2 * bytes.length));
        }
    }

    private static int putLength(byte[] into, int at, int value) {
        int next = at;
        int zigzag = value << 1;
        while ((zigzag & ~0x7F) != 0) {
            into[next++] = (byte) ((zigzag & 0x7F) | 0x80);
            zigzag >>>= 7;
        }
        into[next++] = (byte) zigzag;
        return next;
    }
}
