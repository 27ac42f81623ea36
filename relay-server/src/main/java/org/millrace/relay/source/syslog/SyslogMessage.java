package org.millrace.relay.source.syslog;

/** What a parser found in a message; used again for the next one. One thread. */
final class SyslogMessage {
    /** No time was found. */
    static final long NO_TIME = Long.MIN_VALUE;

    /** The digits between the angle brackets. */
    final Field priority = new Field();

    final Field version = new Field();
    final Field stamp = new Field();
    final Field host = new Field();
    final Field body = new Field();

    /** What the digits say; 0 where the message has no priority. */
    int priorityValue;

    /** Epoch milliseconds. */
    long timeMillis;

    /** The message has a priority, as every one must. */
    boolean isValid;

    void clear() {
        priority.clear();
        version.clear();
        stamp.clear();
        host.clear();
        body.clear();
        priorityValue = 0;
        timeMillis = NO_TIME;
        isValid = false;
    }

    int facility() {
        return priorityValue / 8;
    }

    int severity() {
        return priorityValue % 8;
    }
}
