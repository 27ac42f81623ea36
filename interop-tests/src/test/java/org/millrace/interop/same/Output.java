package org.millrace.interop.same;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;

/** A serializer, and how the files that it made are read: as one line for each event, so that a difference can be shown. */
enum Output {
    TEXT,

    /** With the headers sorted: Flume has them in the order of a hash table, whose size depends on how they came into it. */
    HEADER_AND_TEXT {
        @Override
        List<String> events(Path file) throws IOException {
            return super.events(file).stream().map(Output::withHeadersSorted).toList();
        }
    },
    AVRO_EVENT {
        @Override
        List<String> events(Path file) throws IOException {
            List<String> events = new ArrayList<>();
            try (DataFileReader<GenericRecord> reader =
                    new DataFileReader<>(file.toFile(), new GenericDatumReader<>())) {
                for (GenericRecord event : reader) {
                    Map<String, String> headers = new TreeMap<>();
                    ((Map<?, ?>) event.get("headers")).forEach((name, value) -> headers.put(name + "", value + ""));
                    ByteBuffer body = (ByteBuffer) event.get("body");
                    events.add(reader.getSchema() + " " + headers + " " + ISO_8859_1.decode(body));
                }
            }
            return events;
        }
    },

    /** A container whose schema is that of the bodies. */
    AVRO_BODY("org.apache.flume.sink.hdfs.AvroEventSerializer$Builder") {
        @Override
        String lines(String sink, String channel, Path dir) {
            return super.lines(sink, channel, dir)
                    + "a.sinks.%s.sink.serializer.schemaURL = %s%n"
                            .formatted(sink, Feed.schemaFile(dir.getParent()).toUri());
        }

        @Override
        boolean takes(Feed feed) {
            return feed.hasAvroBodies();
        }

        @Override
        List<String> events(Path file) throws IOException {
            List<String> bodies = new ArrayList<>();
            try (DataFileReader<Object> reader = new DataFileReader<>(file.toFile(), new GenericDatumReader<>())) {
                for (Object body : reader) {
                    bodies.add(reader.getSchema() + " " + reader.getMetaString("avro.codec") + " " + body);
                }
            }
            return bodies;
        }
    };

    private final String serializer;

    Output() {
        this.serializer = name();
    }

    Output(String serializer) {
        this.serializer = serializer;
    }

    /** What is another in each run, by nature: the clock, chance. */
    private static final Pattern OF_THIS_RUN = Pattern.compile(
            "(now=)\\d{13}|(peer=/127\\.0\\.0\\.1:)\\d+|(id=)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(file=)\\S*/(?:flume|millrace)/");

    /** None of the headers has a brace in it. */
    private static final Pattern HEADERS_AND_BODY = Pattern.compile("\\{([^}]*)\\}( .*)", Pattern.DOTALL);

    /** True if it makes sense of what a source gives. */
    boolean takes(Feed feed) {
        return true;
    }

    /** Those that make sense of what a source gives. */
    static List<Output> of(Feed feed) {
        return Arrays.stream(values()).filter(output -> output.takes(feed)).toList();
    }

    /** Lines for a sink of the agent {@code a} that writes one file, and never rolls. */
    String lines(String sink, String channel, Path dir) {
        return """
                a.sinks.%1$s.type = file_roll
                a.sinks.%1$s.channel = %2$s
                a.sinks.%1$s.sink.directory = %3$s
                a.sinks.%1$s.sink.rollInterval = 0
                a.sinks.%1$s.sink.serializer = %4$s
                """.formatted(sink, channel, dir, serializer);
    }

    /** What stands in a directory's files, with what is another in each run left out; nothing yet where a file has only been begun. */
    List<String> read(Path dir) {
        List<String> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(dir)) {
            for (Path file : files.sorted().toList()) {
                if (file.toFile().length() > 0) {
                    events(file)
                            .forEach(event -> all.add(OF_THIS_RUN.matcher(event).replaceAll("$1$2$3$4*")));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + dir + File.separator + name(), e);
        }
        return all;
    }

    /** None of the events has a line feed in it. */
    List<String> events(Path file) throws IOException {
        String text = Files.readString(file, ISO_8859_1);
        return List.of(text.substring(0, text.lastIndexOf('\n') + 1).split("(?<=\n)"));
    }

    private static String withHeadersSorted(String event) {
        Matcher parts = HEADERS_AND_BODY.matcher(event);
        if (!parts.matches()) {
            throw new IllegalArgumentException("no headers before the body: " + event);
        }
        String[] headers = parts.group(1).split(", ");
        Arrays.sort(headers);
        return String.join(", ", headers) + parts.group(2);
    }
}
