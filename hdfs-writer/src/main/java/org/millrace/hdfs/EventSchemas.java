package org.millrace.hdfs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.EventReader;
import org.millrace.codec.HeaderName;

/**
 * The schemas of bodies that are Avro data, found as Flume does: by header {@code flume.avro.schema.url}, else {@code
 * flume.avro.schema.literal}, else {@code serializer.schemaURL}. Unlike Flume, each event is asked, not the first one of a file
 * alone; a schema is read once. The sink's thread only.
 */
final class EventSchemas {
    private static final HeaderName URL = HeaderName.of("flume.avro.schema.url");
    private static final HeaderName LITERAL = HeaderName.of("flume.avro.schema.literal");
    /** Senders decide about the headers, not about our memory. */
    private static final int MOST_KNOWN = 200;

    private static final int MOST_SHOWN = 200;

    private final @Nullable String otherwise;
    private final Locations locations;
    private final Map<String, String> byUrl = new Recent();
    private final Map<String, String> byLiteral = new Recent();

    /** What the event before went by: mostly the next one says the same, and neither is decoded for that. */
    private HeaderName lastHeader = LITERAL;

    private byte[] lastValue = {};
    private String lastSchema = "";

    /** Reads what stands at a URL. */
    interface Locations {
        /** @param bySender a header named it, not the operator */
        String read(String url, boolean bySender) throws IOException;
    }

    /** @param otherwise a URL for events that do not tell; null for none */
    EventSchemas(@Nullable String otherwise, Locations locations) {
        this.otherwise = otherwise;
        this.locations = locations;
    }

    /**
     * The schema as JSON, the same text for the same schema.
     *
     * @throws IOException if there is none, it cannot be had, or is none
     */
    String of(EventReader event) throws IOException {
        if (isAsLast(event)) {
            return lastSchema;
        }
        String url = event.header(URL);
        if (url != null) {
            return remember(URL, url, at(url, true));
        }
        String literal = event.header(LITERAL);
        if (literal != null) {
            return remember(LITERAL, literal, literal(literal));
        }
        if (otherwise != null) {
            return at(otherwise, false);
        }
        throw new IOException("an event has no schema: neither header " + URL + " nor " + LITERAL
                + ", and serializer.schemaURL is not set");
    }

    private boolean isAsLast(EventReader event) {
        return lastValue.length > 0
                && event.headerIs(lastHeader, lastValue)
                && (lastHeader.equals(URL) || !event.hasHeader(URL));
    }

    private String remember(HeaderName header, String value, String schema) {
        lastHeader = header;
        lastValue = value.getBytes(StandardCharsets.UTF_8);
        lastSchema = schema;
        return schema;
    }

    private String at(String url, boolean bySender) throws IOException {
        String schema = byUrl.get(url);
        if (schema == null) {
            String name = (bySender ? "header " + URL : "serializer.schemaURL") + " = " + shown(url);
            try {
                schema = parsed(locations.read(url, bySender), name);
            } catch (IOException e) {
                throw new IOException(name + ": " + e.getMessage(), e);
            }
            byUrl.put(url, schema);
        }
        return schema;
    }

    private String literal(String literal) throws IOException {
        String schema = byLiteral.get(literal);
        if (schema == null) {
            schema = parsed(literal, "header " + LITERAL + " = " + shown(literal));
            byLiteral.put(literal, schema);
        }
        return schema;
    }

    /** Without differences that mean nothing, such as blanks, which would make files of their own. */
    private static String parsed(String json, String name) throws IOException {
        try {
            return new Schema.Parser().parse(json).toString();
        } catch (RuntimeException e) { // of Avro's own, and others where a name is unknown
            throw new IOException(name + " is no Avro schema: " + e.getMessage(), e);
        }
    }

    private static String shown(String value) {
        String safe = value.replaceAll("\\p{Cntrl}", " ");
        return safe.length() <= MOST_SHOWN ? safe : safe.substring(0, MOST_SHOWN) + "...";
    }

    private static final class Recent extends LinkedHashMap<String, String> {
        private static final long serialVersionUID = 1;

        Recent() {
            super(16, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > MOST_KNOWN;
        }
    }
}
