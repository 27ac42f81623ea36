package org.millrace.relay.source.syslog;

import com.codahale.metrics.Counter;
import org.millrace.api.SourceMetrics;

/** Counts what is wrong with messages. Thread-safe. */
final class SyslogFigures {
    private final Counter invalid;
    private final Counter incomplete;
    private final Counter unfinished;

    SyslogFigures(SourceMetrics metrics) {
        this.invalid = metrics.counter("messagesInvalid");
        this.incomplete = metrics.counter("messagesIncomplete");
        this.unfinished = metrics.counter("messagesUnfinished");
    }

    /** A message without a priority, or without what else it must have. */
    void invalid() {
        invalid.inc();
    }

    /** A message that was too long. */
    void incomplete() {
        incomplete.inc();
    }

    /** A connection ended in the middle of a message. */
    void unfinished() {
        unfinished.inc();
    }
}
