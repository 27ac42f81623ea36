package org.millrace.client;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * What an application hands over: headers and a body. Neither is copied; they are read before the call that they are given to
 * returns, and are the caller's again then.
 */
public final class Event {
    private final Map<String, String> headers;
    private final byte[] body;

    private Event(Map<String, String> headers, byte[] body) {
        this.headers = headers;
        this.body = body;
    }

    /** An event without headers. */
    public static Event of(byte[] body) {
        return of(Map.of(), body);
    }

    /** @throws IllegalArgumentException for a header without a name or a value */
    public static Event of(Map<String, String> headers, byte[] body) {
        headers.forEach(Event::checkHeader);
        return new Event(headers, body);
    }

    /** An event without headers whose body is the text in UTF-8. */
    public static Event ofText(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** An event whose body is the text in UTF-8. */
    public static Event ofText(Map<String, String> headers, String text) {
        return of(headers, text.getBytes(StandardCharsets.UTF_8));
    }

    public Map<String, String> headers() {
        return headers;
    }

    /** The body itself, not a copy. */
    public byte[] body() {
        return body;
    }

    /** From the caller, who may not be checked for nulls. */
    @SuppressWarnings({"ConstantConditions", "UnusedVariable"})
    private static void checkHeader(String name, String value) {
        if (name == null || value == null) {
            throw new IllegalArgumentException("header " + name + ": " + value + " (expected: a name and a value)");
        }
    }

    @Override
    public String toString() {
        return "Event(" + headers.size() + " headers, " + body.length + " bytes)";
    }
}
