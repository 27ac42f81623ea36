package org.millrace.relay.source.syslog;

import java.time.InstantSource;

/**
 * Reads a message as Flume's multiport source does, over bytes: {@code <PRI>}, {@code 1} and a blank if it is of RFC 5424, a time stamp
 * or {@code -} for now, a host, and the rest as the body. Anything else is invalid as a whole. One thread.
 */
final class MultiportParser implements MessageParser {
    private static final int MAX_PRIORITY_DIGITS = 5;

    private final StampReader stamps;
    private final InstantSource clock;

    MultiportParser(StampReader stamps, InstantSource clock) {
        this.stamps = stamps;
        this.clock = clock;
    }

    @Override
    public void parse(byte[] b, int length, SyslogMessage message) {
        message.clear();
        int at = parsePriority(b, length, message);
        if (at < 0) {
            return;
        }
        if (length > at + 2 && b[at] == '1' && b[at + 1] == ' ') {
            message.version.set(b, at, at + 1);
            at += 2;
        }
        at = parseStamp(b, at, length, message);
        if (at >= length || at < 0 || b[at] != ' ') {
            return;
        }
        int from = at + 1;
        int to = from;
        while (to < length && b[to] != ' ') {
            to++;
        }
        if (to < length) {
            message.host.set(b, from, to);
            message.body.set(b, to + 1, length);
            message.isValid = true;
        }
    }

    /** Returns what comes behind it, or -1. */
    private static int parsePriority(byte[] b, int length, SyslogMessage message) {
        if (length == 0 || b[0] != '<') {
            return -1;
        }
        int at = 1;
        while (at < length && at <= MAX_PRIORITY_DIGITS && b[at] >= '0' && b[at] <= '9') {
            message.priorityValue = message.priorityValue * 10 + b[at] - '0';
            at++;
        }
        if (at == 1 || at >= length - 1 || b[at] != '>') {
            return -1;
        }
        message.priority.set(b, 1, at);
        return at + 1;
    }

    private int parseStamp(byte[] b, int at, int length, SyslogMessage message) {
        int end;
        if (b[at] == '-') {
            end = at + 1;
            message.timeMillis = clock.millis();
        } else {
            end = stamps.readTraditional(b, at, length);
            if (end < 0) {
                end = stamps.readIso(b, at, length);
            }
            if (end < 0 || stamps.millis() == StampReader.NO_TIME) {
                return -1;
            }
            message.timeMillis = stamps.millis();
        }
        message.stamp.set(b, at, end);
        return end;
    }
}
