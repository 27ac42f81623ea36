package org.millrace.relay.source.syslog;

import org.jspecify.annotations.Nullable;

/**
 * Reads a message as Flume's syslogtcp and syslogudp do, over bytes: {@code <PRI>}, a version if there is one, a time stamp of RFC 5424 or
 * RFC 3164 or {@code -}, a host, and the rest as the body. A message with a good priority and anything else behind it has a priority
 * only. Unlike Flume it honours a zone behind a fraction of a second, and one message leaves nothing behind for the next. One thread.
 */
final class SyslogParser implements MessageParser {
    private static final int MAX_PRIORITY_DIGITS = 3;

    private final StampReader stamps;
    private final @Nullable CustomFormat custom;

    /** @param custom is tried first */
    SyslogParser(StampReader stamps, @Nullable CustomFormat custom) {
        this.stamps = stamps;
        this.custom = custom;
    }

    @Override
    public void parse(byte[] b, int length, SyslogMessage message) {
        message.clear();
        int close = closeOfPriority(b, length);
        if (close < 0) {
            return;
        }
        message.isValid = true;
        for (int i = 1; i < close; i++) {
            message.priorityValue = message.priorityValue * 10 + b[i] - '0';
        }
        if (custom != null && custom.parse(b, length, message)) {
            return;
        }
        if (parseHeader(b, close + 1, length, message)) {
            message.priority.set(b, 1, close);
        }
    }

    /** Where the priority ends; -1 if the message has none. */
    private static int closeOfPriority(byte[] b, int length) {
        if (length == 0 || b[0] != '<') {
            return -1;
        }
        int at = 1;
        while (at < length && at <= MAX_PRIORITY_DIGITS && isDigit(b[at])) {
            at++;
        }
        return at > 1 && at < length && b[at] == '>' ? at : -1;
    }

    /** A version and a blank may stand before the time stamp, or one of them, or none. */
    private boolean parseHeader(byte[] b, int at, int length, SyslogMessage message) {
        if (at < length && isDigit(b[at])) {
            message.version.set(b, at, at + 1);
            boolean isBlank = at + 1 < length && isBlank(b[at + 1]);
            if ((isBlank && parseStamp(b, at + 2, length, message)) || parseStamp(b, at + 1, length, message)) {
                return true;
            }
            message.version.clear();
        }
        return (at < length && isBlank(b[at]) && parseStamp(b, at + 1, length, message))
                || parseStamp(b, at, length, message);
    }

    private boolean parseStamp(byte[] b, int at, int length, SyslogMessage message) {
        int end = stamps.readIso(b, at, length);
        boolean isIso = end >= 0;
        if (!isIso) {
            end = stamps.readTraditional(b, at, length);
        }
        if (end >= 0) {
            if (!parseHost(b, end, length, isIso, message)) {
                return false;
            }
            message.stamp.set(b, at, end);
            message.timeMillis = stamps.millis();
            return true;
        }
        return at < length && b[at] == '-' && parseHost(b, at + 1, length, true, message);
    }

    private static boolean parseHost(byte[] b, int blank, int length, boolean mayBeNone, SyslogMessage message) {
        if (blank >= length || !isBlank(b[blank])) {
            return false;
        }
        int from = blank + 1;
        int to = from;
        while (to < length && !isBlank(b[to])) {
            to++;
        }
        if (to == length) { // the body may be empty, but not its separator
            return false;
        }
        boolean isNone = mayBeNone && to == from + 1 && b[from] == '-';
        if (!isNone && !HostNames.isHost(b, from, to, mayBeNone && message.version.isThere)) {
            return false;
        }
        if (!isNone) {
            message.host.set(b, from, to);
        }
        message.body.set(b, to + 1, length);
        return true;
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || (b >= '\t' && b <= '\r');
    }
}
