package org.millrace.relay.source.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PushbackReader;
import java.io.Reader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.millrace.api.part.HttpHandler;
import org.millrace.api.part.RefusedRequestException;
import org.millrace.codec.EventBatchBuilder;

/**
 * An array of events: {@code [{"headers": {"name": "value"}, "body": "text"}, …]}, with the liberties that Flume's parser allows. Bodies
 * are written in the request's charset. The request is read once, event by event.
 */
final class JsonHandler implements HttpHandler {
    private static final int MAX_DEPTH = 100;
    private static final char BYTE_ORDER_MARK = '\uFEFF';
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(JsonReadFeature.ALLOW_UNQUOTED_FIELD_NAMES)
            .enable(JsonReadFeature.ALLOW_SINGLE_QUOTES)
            .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
            .enable(JsonReadFeature.ALLOW_YAML_COMMENTS)
            .enable(JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS)
            .enable(JsonReadFeature.ALLOW_BACKSLASH_ESCAPING_ANY_CHARACTER)
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES) // names come from outside
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(Integer.MAX_VALUE) // what a request may have is bounded as a whole
                    .build())
            .build();

    @Override
    public void read(Request request, EventBatchBuilder batch) throws RefusedRequestException, IOException {
        Charset charset = charset(request.header("Content-Type"));
        try (JsonParser parser = JSON.createParser(unmarked(new InputStreamReader(request.content(), charset)))) {
            readArray(parser, new BodyEncoder(charset), batch);
        } catch (StreamReadException | StreamConstraintsException e) {
            throw badRequest("Request has invalid JSON Syntax: " + e.getOriginalMessage());
        }
    }

    /** Without the byte order mark that some put before UTF-8, and that Java's decoder leaves there. */
    private static Reader unmarked(Reader content) throws IOException {
        PushbackReader unmarked = new PushbackReader(content);
        int first = unmarked.read();
        if (first >= 0 && first != BYTE_ORDER_MARK) {
            unmarked.unread(first);
        }
        return unmarked;
    }

    private static void readArray(JsonParser parser, BodyEncoder bodies, EventBatchBuilder batch)
            throws RefusedRequestException, IOException {
        JsonToken first = parser.nextToken();
        if (first == null) {
            throw unexpected("the request has no content");
        }
        if (first != JsonToken.START_ARRAY) {
            throw badRequest("not an array of events");
        }
        Map<String, String> headers = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw badRequest("an event that is no object");
            }
            headers.clear();
            bodies.clear();
            readEvent(parser, headers, bodies);
            batch.add(headers, bodies.bytes(), 0, bodies.length());
        }
        if (parser.nextToken() != null) {
            throw badRequest("something behind the array of events");
        }
    }

    private static void readEvent(JsonParser parser, Map<String, String> headers, BodyEncoder bodies)
            throws RefusedRequestException, IOException {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            switch (name) {
                case "headers" -> {
                    headers.clear();
                    if (value == JsonToken.START_OBJECT) {
                        readHeaders(parser, headers);
                    } else if (value != JsonToken.VALUE_NULL) {
                        throw badRequest("headers that are no object");
                    }
                }
                case "body" -> {
                    bodies.clear();
                    if (value.isScalarValue()) {
                        if (value != JsonToken.VALUE_NULL) {
                            bodies.encode(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
                        }
                    } else {
                        throw badRequest("a body that is no text");
                    }
                }
                default -> parser.skipChildren();
            }
        }
    }

    private static void readHeaders(JsonParser parser, Map<String, String> headers)
            throws RefusedRequestException, IOException {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (!value.isScalarValue() || value == JsonToken.VALUE_NULL) {
                throw badRequest("the value of a header that is no text");
            }
            if (headers.put(name, parser.getText()) != null) {
                throw badRequest("a header twice in one event");
            }
        }
    }

    /** What JSON may be written in; Flume answers anything else with 500. */
    private static Charset charset(@Nullable String contentType) throws RefusedRequestException {
        String name = MediaType.charset(contentType);
        if (name == null) {
            return StandardCharsets.UTF_8;
        }
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "utf-8", "utf-16", "utf-32" -> Charset.forName(name);
            default -> throw unexpected("JSON in a charset other than UTF-8, UTF-16 and UTF-32");
        };
    }

    private static RefusedRequestException badRequest(String message) {
        return new RefusedRequestException(400, message);
    }

    /** As Flume's handler fails: with what it answers 500 to. */
    private static RefusedRequestException unexpected(String message) {
        return new RefusedRequestException(500, message);
    }
}
