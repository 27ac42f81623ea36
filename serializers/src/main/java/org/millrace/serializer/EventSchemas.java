package org.millrace.serializer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import org.millrace.api.part.RefusedEventException;
import org.millrace.codec.EventReader;
import org.millrace.codec.HeaderName;

/**
 * The schemas of bodies that are Avro data, found as Flume does: by header {@code flume.avro.schema.url}, else {@code
 * flume.avro.schema.literal}, else {@code serializer.schemaURL}. Unlike Flume, each event is asked, not the first one of a file
 * alone. A schema is remembered, and read again once it is old, and where a body is no datum of it: it may have changed where it
 * stands. The sink's thread only.
 */
public final class EventSchemas implements AutoCloseable {
    private static final HeaderName URL = HeaderName.of("flume.avro.schema.url");
    private static final HeaderName LITERAL = HeaderName.of("flume.avro.schema.literal");
    /** Senders decide about the headers, not about our memory. */
    private static final int MOST_KNOWN = 200;

    private static final int MOST_SHOWN = 200;
    private final BodySchemas keys;
    private final Locations locations;
    private final InstantSource clock;
    private final SchemaLookUps lookUps;
    private final Map<String, SchemaVersions> byUrl = new Recent<>(MOST_KNOWN);
    private final Map<String, SchemaVersions> byLiteral = new Recent<>(MOST_KNOWN);

    /** What the event before went by: mostly the next one says the same, and neither is decoded for that. */
    private HeaderName lastHeader = LITERAL;

    private byte[] lastValue = {};
    private @Nullable SchemaVersions lastSchema;
    private final Map<String, RefusedEventException> outOfReach = new HashMap<>();
    private final Set<SchemaVersions> askedAgain = new HashSet<>();
    private Instant now;

    /** Reads what stands at a URL. */
    public interface Locations {
        /** The text that stands there. On any thread, which may wait, until it is interrupted. */
        String read(String url) throws IOException;

        /**
         * On the sink's thread.
         *
         * @throws IOException if this is none that a sender may name
         */
        void checkSender(String url) throws IOException;
    }

    /**
     * @param keys what the file says of schemas
     * @param clock by which schemas grow old
     */
    public EventSchemas(BodySchemas keys, Locations locations, InstantSource clock) {
        this(keys, locations, clock, SchemaLookUps.PATIENCE);
    }

    /** @param patience how long a turn waits for schemas that are being read, all in all */
    EventSchemas(BodySchemas keys, Locations locations, InstantSource clock, Duration patience) {
        this.keys = keys;
        this.locations = locations;
        this.clock = clock;
        this.lookUps = new SchemaLookUps(locations, clock, patience);
        this.now = clock.instant();
    }

    /** The sink takes events anew. What could not be read in the turn before is tried again. */
    public void turnBegins() {
        now = clock.instant();
        outOfReach.clear();
        askedAgain.clear();
        lookUps.turnBegins();
    }

    /**
     * The schema of an event's body, as JSON, where the body is one datum of it.
     *
     * @throws RefusedEventException if the event has none, or one that cannot be had or is none, or its body is no datum of it
     * @throws IOException if {@code serializer.schemaURL} cannot be had or is none, which is no event's fault
     */
    public String ofDatum(EventReader event) throws IOException, RefusedEventException {
        SchemaVersions schema = of(event);
        if (schema.isOld(now)) {
            readAgain(schema);
        }
        String fitting = schema.fitting(event);
        if (fitting == null && schema.mayHaveChanged(now)) {
            readAgain(schema);
            fitting = schema.fitting(event);
        }
        if (fitting == null) {
            throw noDatum(schema, event);
        }
        return fitting;
    }

    private static RefusedEventException noDatum(SchemaVersions schema, EventReader event) {
        String what = "its body is no datum of its schema: " + schema.flaw(event);
        IOException failure = schema.failure();
        return failure == null
                ? new RefusedEventException(what, false)
                : new RefusedEventException(
                        what + "; and that cannot be read again, to see whether it has changed: "
                                + failure.getMessage(),
                        true);
    }

    /** Once a turn. Where it cannot be read, the one that is known stays. */
    private void readAgain(SchemaVersions schema) {
        String url = schema.url;
        if (url != null && askedAgain.add(schema)) {
            try {
                schema.readAgain(parsed(lookUps.read(url), shown(url)), now);
            } catch (IOException e) {
                schema.notReadAgain(e, now);
            }
        }
    }

    private SchemaVersions of(EventReader event) throws IOException, RefusedEventException {
        SchemaVersions last = lastSchema;
        if (last != null && isAsLast(event)) {
            return last;
        }
        String url = event.header(URL);
        if (url != null) {
            return remember(URL, url, atSenders(url));
        }
        String literal = event.header(LITERAL);
        if (literal != null) {
            return remember(LITERAL, literal, literal(literal));
        }
        String otherwise = keys.url();
        if (otherwise != null) {
            return at(otherwise, keys.urlKey() + " = ");
        }
        throw new RefusedEventException(
                "it has no schema: neither header " + URL + " nor " + LITERAL + ", and " + keys.urlKey()
                        + " is not set",
                false);
    }

    private boolean isAsLast(EventReader event) {
        return lastValue.length > 0
                && event.headerIs(lastHeader, lastValue)
                && (lastHeader.equals(URL) || !event.hasHeader(URL));
    }

    private SchemaVersions remember(HeaderName header, String value, SchemaVersions schema) {
        lastHeader = header;
        lastValue = value.getBytes(StandardCharsets.UTF_8);
        lastSchema = schema;
        return schema;
    }

    /** In one turn it is tried once, however many events name it. */
    private SchemaVersions atSenders(String url) throws RefusedEventException {
        RefusedEventException known = outOfReach.get(url);
        if (known != null) {
            throw known;
        }
        try {
            locations.checkSender(url);
        } catch (IOException e) {
            throw new RefusedEventException("header " + URL + " = " + shown(url) + ": " + e.getMessage(), false);
        }
        try {
            return at(url, "header " + URL + " = ");
        } catch (IOException e) {
            RefusedEventException refusal = new RefusedEventException(String.valueOf(e.getMessage()), true);
            outOfReach.put(url, refusal);
            throw refusal;
        }
    }

    private SchemaVersions at(String url, String key) throws IOException {
        SchemaVersions schema = byUrl.get(url);
        if (schema == null) {
            String name = key + shown(url);
            try {
                schema = new SchemaVersions(url, parsed(lookUps.read(url), name), now);
            } catch (IOException e) {
                throw new IOException(name + ": " + e.getMessage(), e);
            }
            byUrl.put(url, schema);
        }
        return schema;
    }

    private SchemaVersions literal(String literal) throws RefusedEventException {
        SchemaVersions schema = byLiteral.get(literal);
        if (schema == null) {
            try {
                schema = new SchemaVersions(null, parsed(literal, "header " + LITERAL + " = " + shown(literal)), now);
            } catch (IOException e) {
                throw new RefusedEventException(String.valueOf(e.getMessage()), false);
            }
            byLiteral.put(literal, schema);
        }
        return schema;
    }

    /** Without differences that mean nothing, such as blanks, which would make files of their own. */
    private static SchemaVersions.Version parsed(String json, String name) throws IOException {
        try {
            Schema schema = new Schema.Parser().parse(json);
            return new SchemaVersions.Version(schema.toString(), schema);
        } catch (RuntimeException e) { // of Avro's own, and others where a name is unknown
            throw new IOException(name + " is no Avro schema: " + e.getMessage(), e);
        }
    }

    private static String shown(String value) {
        String safe = value.replaceAll("\\p{Cntrl}", " ");
        return safe.length() <= MOST_SHOWN ? safe : safe.substring(0, MOST_SHOWN) + "...";
    }

    @Override
    public void close() {
        lookUps.close();
    }
}
