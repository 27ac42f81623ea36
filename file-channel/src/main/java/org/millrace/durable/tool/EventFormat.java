package org.millrace.durable.tool;

import java.io.PrintWriter;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.millrace.codec.EventReader;

/** How events are shown. */
enum EventFormat {
    /** A line each: sequence, time, headers if asked for, body. */
    TEXT,
    /** A line of JSON each, headers included; a body that is no UTF-8 in Base64. */
    JSON,
    /** A heading each, and the body in hexadecimal. */
    HEX;

    /**
     * What prints events in this form.
     *
     * @param headers whether to show them, too
     */
    Printer printer(PrintWriter out, boolean headers) {
        return new Printer(this, out, headers);
    }

    /** Prints events. One thread. */
    static final class Printer {
        private final EventFormat format;
        private final PrintWriter out;
        private final boolean headers;
        private final SafeText text = new SafeText();

        /** All events of a group have one time. */
        private long lastMillis = -1;

        private String lastTime = "";

        private Printer(EventFormat format, PrintWriter out, boolean headers) {
            this.format = format;
            this.out = out;
            this.headers = headers;
        }

        void print(long sequence, long epochMillis, EventReader event) {
            if (epochMillis != lastMillis) {
                lastMillis = epochMillis;
                lastTime = Instant.ofEpochMilli(epochMillis).toString();
            }
            switch (format) {
                case TEXT -> printText(sequence, event);
                case JSON -> printJson(sequence, event);
                case HEX -> printHex(sequence, event);
            }
        }

        /** Ends lines itself: {@code println} would flush each. */
        private void line(String line) {
            out.print(line);
            out.print('\n');
        }

        private void printText(long sequence, EventReader event) {
            String shownHeaders = headers ? shown(event.headers()) + "  " : "";
            String body = text.oneLine(event.array(), event.bodyOffset(), event.bodyLength());
            line(sequence + "  " + lastTime + "  " + shownHeaders + body);
        }

        private void printJson(long sequence, EventReader event) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("sequence", sequence);
            fields.put("time", lastTime);
            fields.put("headers", event.headers());
            String body = text.decode(event.array(), event.bodyOffset(), event.bodyLength());
            fields.put(
                    body == null ? "bodyBase64" : "body",
                    body == null ? Base64.getEncoder().encodeToString(event.body()) : body);
            line(Json.line(fields));
        }

        private void printHex(long sequence, EventReader event) {
            line("event " + sequence + "  " + lastTime + "  " + Units.count(event.bodyLength(), "byte")
                    + (headers ? "  " + shown(event.headers()) : ""));
            HexDump.print(event.array(), event.bodyOffset(), event.bodyLength(), out);
        }

        private static String shown(Map<String, String> headers) {
            StringBuilder shown = new StringBuilder("{");
            headers.forEach((name, value) -> shown.append(shown.length() == 1 ? "" : ", ")
                    .append(SafeText.oneLine(name))
                    .append('=')
                    .append(SafeText.oneLine(value)));
            return shown.append('}').toString();
        }
    }
}
