package org.millrace.serializer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import org.millrace.api.part.RefusedEventException;
import org.millrace.codec.EventReader;
import org.millrace.codec.HeaderName;

/**
 * The schemas of bodies that are Avro data, found as Flume does: by header {@code flume.avro.schema.url}, else {@code
 * flume.avro.schema.literal}, else {@code serializer.schemaURL}. Unlike Flume, each event is asked, not the first one of a file
 * alone; a schema is read once. The sink's thread only.
 */
public final class EventSchemas {
    private static final HeaderName URL = HeaderName.of("flume.avro.schema.url");
    private static final HeaderName LITERAL = HeaderName.of("flume.avro.schema.literal");
    /** Senders decide about the headers, not about our memory. */
    private static final int MOST_KNOWN = 200;

    private static final int MOST_SHOWN = 200;

    private final BodySchemas keys;
    private final Locations locations;
    private final Map<String, Known> byUrl = new Recent();
    private final Map<String, Known> byLiteral = new Recent();

    /** What the event before went by: mostly the next one says the same, and neither is decoded for that. */
    private HeaderName lastHeader = LITERAL;

    private byte[] lastValue = {};
    private @Nullable Known lastSchema;
    private final Map<String, RefusedEventException> outOfReach = new HashMap<>();

    /**
     * A schema that is one.
     *
     * @param json the same text for the same schema
     */
    public record Known(String json, Schema schema) {}

    /** Reads what stands at a URL. */
    public interface Locations {
        /** The text that stands there. */
        String read(String url) throws IOException;

        /** @throws IOException if this is none that a sender may name */
        void checkSender(String url) throws IOException;
    }

    /** @param keys what the file says of schemas */
    public EventSchemas(BodySchemas keys, Locations locations) {
        this.keys = keys;
        this.locations = locations;
    }

    /**
     * The schema of an event's body.
     *
     * @throws RefusedEventException if the event has none, or one that cannot be had or is none
     * @throws IOException if that is so of {@code serializer.schemaURL}, which is no event's fault
     */
    public Known of(EventReader event) throws IOException, RefusedEventException {
        Known last = lastSchema;
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

    /**
     * The schema of an event's body, as JSON, where the body is one datum of it.
     *
     * @throws RefusedEventException as {@link #of}, and if it is none
     * @throws IOException as {@link #of}
     */
    public String ofDatum(EventReader event) throws IOException, RefusedEventException {
        Known known = of(event);
        String flaw = DatumCheck.flaw(known.schema(), event);
        if (flaw != null) {
            throw new RefusedEventException("its body is no datum of its schema: " + flaw, false);
        }
        return known.json();
    }

    private boolean isAsLast(EventReader event) {
        return lastValue.length > 0
                && event.headerIs(lastHeader, lastValue)
                && (lastHeader.equals(URL) || !event.hasHeader(URL));
    }

    private Known remember(HeaderName header, String value, Known schema) {
        lastHeader = header;
        lastValue = value.getBytes(StandardCharsets.UTF_8);
        lastSchema = schema;
        return schema;
    }

    /** In one turn it is tried once, however many events name it. */
    private Known atSenders(String url) throws RefusedEventException {
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

    /** What could not be read in one turn is read again in the next. */
    public void turnBegins() {
        outOfReach.clear();
    }

    private Known at(String url, String key) throws IOException {
        Known schema = byUrl.get(url);
        if (schema == null) {
            String name = key + shown(url);
            try {
                schema = parsed(locations.read(url), name);
            } catch (IOException e) {
                throw new IOException(name + ": " + e.getMessage(), e);
            }
            byUrl.put(url, schema);
        }
        return schema;
    }

    private Known literal(String literal) throws RefusedEventException {
        Known schema = byLiteral.get(literal);
        if (schema == null) {
            try {
                schema = parsed(literal, "header " + LITERAL + " = " + shown(literal));
            } catch (IOException e) {
                throw new RefusedEventException(String.valueOf(e.getMessage()), false);
            }
            byLiteral.put(literal, schema);
        }
        return schema;
    }

    /** Without differences that mean nothing, such as blanks, which would make files of their own. */
    private static Known parsed(String json, String name) throws IOException {
        try {
            Schema schema = new Schema.Parser().parse(json);
            return new Known(schema.toString(), schema);
        } catch (RuntimeException e) { // of Avro's own, and others where a name is unknown
            throw new IOException(name + " is no Avro schema: " + e.getMessage(), e);
        }
    }

    private static String shown(String value) {
        String safe = value.replaceAll("\\p{Cntrl}", " ");
        return safe.length() <= MOST_SHOWN ? safe : safe.substring(0, MOST_SHOWN) + "...";
    }

    private static final class Recent extends LinkedHashMap<String, Known> {
        private static final long serialVersionUID = 1;

        Recent() {
            super(16, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
            return size() > MOST_KNOWN;
        }
    }
}
