package org.millrace.serializer;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.EventReader;

/**
 * A schema as it was read last, and as it was before: where it changes at its URL, events that the channel holds, and senders that do
 * not know yet, go by the one before. One thread.
 */
final class SchemaVersions {
    private static final Duration OLD = Duration.ofMinutes(5);
    private static final Duration JUST_NOW = Duration.ofSeconds(5);

    /** Null for a schema that an event brings along: it cannot change. */
    final @Nullable String url;

    private Version newest;
    private @Nullable Version before;
    private Instant askedAt;
    private Instant oldAt;
    private @Nullable IOException failure;

    /** @param json the same text for the same schema */
    record Version(String json, Schema schema) {}

    SchemaVersions(@Nullable String url, Version first, Instant readAt) {
        this.url = url;
        this.newest = first;
        this.askedAt = readAt;
        this.oldAt = readAt.plus(OLD);
    }

    private void asked(Instant at) {
        askedAt = at;
        oldAt = at.plus(OLD);
    }

    /** True if so long ago that it may have changed. */
    boolean isOld(Instant now) {
        return oldAt.isBefore(now);
    }

    /**
     * True if reading it again may show that a body is a datum of it after all: not where it was read just now, as there may be many
     * such bodies.
     */
    boolean mayHaveChanged(Instant now) {
        return failure != null || !askedAt.plus(JUST_NOW).isAfter(now);
    }

    /** Why it could not be read again; null if it could. */
    @Nullable
    IOException failure() {
        return failure;
    }

    void readAgain(Version now, Instant at) {
        if (!now.json.equals(newest.json)) {
            before = newest;
            newest = now;
        }
        asked(at);
        failure = null;
    }

    void notReadAgain(IOException why, Instant at) {
        asked(at);
        failure = why;
    }

    /** The version that the event's body is a datum of, as JSON; null if there is none. */
    @Nullable
    String fitting(EventReader event) {
        if (flaw(event) == null) {
            return newest.json;
        }
        return before != null && DatumCheck.flaw(before.schema, event) == null ? before.json : null;
    }

    /** Why the body is no datum of the newest one; null if it is. */
    @Nullable
    String flaw(EventReader event) {
        return DatumCheck.flaw(newest.schema, event);
    }
}
