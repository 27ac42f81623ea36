package org.millrace.interop;

import java.util.Arrays;
import java.util.Map;

/** Events that tell their number and whether they are whole. {@code FlumeSdkClient} in {@code flume-peer} makes the same ones. */
final class NumberedEvents {
    static final String HOST = "wéb01";

    private NumberedEvents() {}

    static Map<String, String> headers(int seq) {
        return Map.of("seq", Integer.toString(seq), "host", HOST);
    }

    static byte[] body(int seq, int bytes) {
        byte[] body = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            body[i] = (byte) ((((seq * 31) + i) * 0x9E3779B1) >>> 24);
        }
        return body;
    }

    /** The event's number, if it is as it was made: same headers, none more, and every byte of the body. */
    static int check(Map<String, String> headers, byte[] body) {
        int seq = Integer.parseInt(headers.getOrDefault("seq", "-1"));
        if (!headers.equals(headers(seq))) {
            throw new IllegalArgumentException("headers of event " + seq + ": " + headers);
        }
        if (!Arrays.equals(body, body(seq, body.length))) {
            throw new IllegalArgumentException("body of event " + seq + " was changed");
        }
        return seq;
    }
}
