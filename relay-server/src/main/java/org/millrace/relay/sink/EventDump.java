package org.millrace.relay.sink;

import java.util.HexFormat;
import org.millrace.codec.EventReader;

/**
 * An event as Flume's logger sink shows it: {@code { headers:{k=v} body: 48 65 6C 6C 6F                                  Hello }}.
 *
 * <p>The body stands in rows of 16 bytes, each with its offset in front, but for the first row; then the bytes as hexadecimal numbers;
 * then, in one column for all rows, as characters.
 */
final class EventDump {
    private static final int ROW_BYTES = 16;
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private final int maxBodyBytes;

    /** @param maxBodyBytes how much of a body to show, at least 0 */
    EventDump(int maxBodyBytes) {
        this.maxBodyBytes = maxBodyBytes;
    }

    String of(EventReader event) {
        StringBuilder text =
                new StringBuilder("{ headers:").append(event.headers()).append(" body:");
        int shown = Math.min(event.bodyLength(), maxBodyBytes);
        for (int offset = 0; offset < shown; offset += ROW_BYTES) {
            if (offset > 0) {
                text.append(System.lineSeparator()).append(HEX.toHexDigits(offset));
            }
            appendRow(text, event.array(), event.bodyOffset() + offset, Math.min(ROW_BYTES, shown - offset));
        }
        return text.append(" }").toString();
    }

    private static void appendRow(StringBuilder text, byte[] array, int from, int length) {
        text.append(' ');
        for (int i = 0; i < ROW_BYTES; i++) {
            text.append(i < length ? HEX.toHexDigits(array[from + i]) : "  ").append(' ');
        }
        for (int i = 0; i < length; i++) {
            byte b = array[from + i];
            text.append(b >= ' ' && b < 0x7F ? (char) b : '.');
        }
    }
}
