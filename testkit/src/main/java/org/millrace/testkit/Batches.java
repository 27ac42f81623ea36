package org.millrace.testkit;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.codec.EventReader;
import org.millrace.codec.HeaderName;

/** Makes batches and reads them back. */
public final class Batches {
    private static final HeaderName NUMBER = HeaderName.of("number");

    private Batches() {}

    /** Events with a header and a body that tell their number, from {@code first} on. The caller owns the batch. */
    public static EventBatch numbered(int first, int events) {
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            for (int number = first; number < first + events; number++) {
                builder.add(Map.of(NUMBER.toString(), Integer.toString(number)), utf8("event " + number));
            }
            return builder.build();
        }
    }

    /** Events with these bodies and no headers. The caller owns the batch. */
    public static EventBatch of(String... bodies) {
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            for (String body : bodies) {
                builder.add(Map.of(), utf8(body));
            }
            return builder.build();
        }
    }

    /** One event. The caller owns the batch. */
    public static EventBatch of(Map<String, String> headers, String body) {
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            return builder.add(headers, utf8(body)).build();
        }
    }

    /** Events without headers, with bodies of so many zero bytes. The caller owns the batch. */
    public static EventBatch sized(int events, int bodyBytes) {
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            for (int i = 0; i < events; i++) {
                builder.add(Map.of(), new byte[bodyBytes]);
            }
            return builder.build();
        }
    }

    /** The numbers of events made by {@link #numbered}, in order; checks that their bodies tell the same. */
    public static List<Integer> numbers(EventBatch batch) {
        List<Integer> numbers = new ArrayList<>(batch.events());
        EventReader event = batch.reader();
        while (event.next()) {
            String number = event.header(NUMBER);
            if (number == null || !new String(event.body(), StandardCharsets.UTF_8).equals("event " + number)) {
                throw new AssertionError("not a numbered event: headers " + event.headers() + ", body of "
                        + event.bodyLength() + " bytes");
            }
            numbers.add(Integer.valueOf(number));
        }
        return numbers;
    }

    /** The bodies of all events as UTF-8, in order. */
    public static List<String> bodies(EventBatch batch) {
        List<String> bodies = new ArrayList<>(batch.events());
        EventReader event = batch.reader();
        while (event.next()) {
            bodies.add(new String(event.body(), StandardCharsets.UTF_8));
        }
        return bodies;
    }

    /** The headers of all events, in order. */
    public static List<Map<String, String>> headers(EventBatch batch) {
        List<Map<String, String>> headers = new ArrayList<>(batch.events());
        EventReader event = batch.reader();
        while (event.next()) {
            headers.add(event.headers());
        }
        return headers;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
