package org.millrace.relay.source.syslog;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.listener.HeaderBytes;

/** Makes events of messages, with the headers and bodies that Flume gives them. One thread. */
final class SyslogEvents {
    private static final byte[] FACILITY = HeaderBytes.encode("Facility");
    private static final byte[] SEVERITY = HeaderBytes.encode("Severity");
    private static final byte[] TIMESTAMP = HeaderBytes.encode("timestamp");
    private static final byte[] HOST = HeaderBytes.encode("host");
    private static final String STATUS = "flume.syslog.status";
    private static final byte[] INVALID = HeaderBytes.encode(STATUS, "Invalid");
    private static final byte[] INCOMPLETE = HeaderBytes.encode(STATUS, "Incomplete");
    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

    private final Dialect dialect;
    private final byte[] priorityName;
    private final byte[] versionName;
    private final MessageParser parser;
    private final KeepFields keep;
    private final MessageText text;
    private final SyslogFigures figures;

    private final SyslogMessage message = new SyslogMessage();
    private final HeaderBytes headers = new HeaderBytes();
    private final List<byte[]> ofPeer = new ArrayList<>();
    private byte[] body = {};
    private int bodyBytes;

    SyslogEvents(Dialect dialect, MessageParser parser, KeepFields keep, MessageText text, SyslogFigures figures) {
        this.dialect = dialect;
        this.priorityName = HeaderBytes.encode(dialect.priorityName());
        this.versionName = HeaderBytes.encode(dialect.versionName());
        this.parser = parser;
        this.keep = keep;
        this.text = text;
        this.figures = figures;
    }

    /** No headers that say where messages come from. */
    void forgetPeer() {
        ofPeer.clear();
    }

    /** A header that all events from now on have: encoded name and value. */
    void addOfPeer(byte[] encoded) {
        ofPeer.add(encoded);
    }

    /** Adds the event of a message. */
    void add(EventBatchBuilder batch, byte[] bytes, int length, boolean isCut) {
        headers.clear();
        ofPeer.forEach(headers::add);
        if (!text.read(bytes, length)) {
            message.clear();
        } else {
            parser.parse(text.bytes(), text.length(), message);
        }
        addStatus(isCut);
        if (message.isValid || dialect == Dialect.PLAIN) {
            headers.add(FACILITY, message.facility()).add(SEVERITY, message.severity());
        }
        if (message.isValid) {
            addFound();
        }
        if (message.isValid && makeBody()) {
            text.addTo(batch, headers, body, bodyBytes);
        } else {
            headers.addTo(batch, bytes, 0, length);
        }
    }

    private void addStatus(boolean isCut) {
        if (!message.isValid) {
            figures.invalid();
            headers.add(INVALID);
        } else if (isCut) {
            figures.incomplete();
            headers.add(INCOMPLETE);
        }
    }

    private void addFound() {
        add(priorityName, message.priority);
        add(versionName, message.version);
        if (message.timeMillis >= 0) {
            headers.add(TIMESTAMP, message.timeMillis);
        } else if (message.timeMillis != SyslogMessage.NO_TIME) { // before 1970
            headers.add(TIMESTAMP, Long.toString(message.timeMillis));
        }
        Field host = message.host;
        if (!host.isEmpty() || dialect == Dialect.MULTIPORT) {
            text.addHeader(headers, HOST, host);
        }
    }

    private void add(byte[] name, Field field) {
        if (!field.isEmpty()) {
            headers.add(name, field.bytes, field.offset, field.length);
        }
    }

    /** False if the body is the whole message. */
    private boolean makeBody() {
        if (keep.all() || !message.body.isThere || (message.body.isEmpty() && dialect == Dialect.MULTIPORT)) {
            return false;
        }
        bodyBytes = 0;
        if (keep.priority()) {
            append('<');
            append(message.priority);
            append('>');
        }
        if (keep.version() && !message.version.isEmpty()) {
            append(message.version);
            append(' ');
        }
        if (keep.timestamp()) {
            append(message.stamp);
            append(' ');
        }
        if (keep.hostname()) {
            append(message.host);
            append(' ');
        }
        append(message.body);
        return bodyBytes > 0;
    }

    /** What is not there is written as Flume writes it. */
    private void append(Field field) {
        byte[] from = field.isThere ? field.bytes : NULL;
        int offset = field.isThere ? field.offset : 0;
        int length = field.isThere ? field.length : NULL.length;
        ensure(length);
        System.arraycopy(from, offset, body, bodyBytes, length);
        bodyBytes += length;
    }

    private void append(char c) {
        ensure(1);
        body[bodyBytes++] = (byte) c;
    }

    private void ensure(int more) {
        if (bodyBytes + more > body.length) {
            body = Arrays.copyOf(body, Math.max(bodyBytes + more, 2 * body.length));
        }
    }
}
