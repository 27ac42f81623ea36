package org.millrace.hdfs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.millrace.api.deadletter.EventContainerReader;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventReader;

/** The dead letters of a directory, also those in a file that is being written. */
record Letters(Path directory) {
    record Letter(String body, Map<String, String> headers) {
        String reason() {
            return headers.getOrDefault("deadLetter.reason", "");
        }
    }

    List<String> bodies() throws IOException {
        return all().stream().map(Letter::body).toList();
    }

    List<Letter> all() throws IOException {
        List<Letter> letters = new ArrayList<>();
        if (Files.exists(directory)) {
            try (Stream<Path> files = Files.list(directory)) {
                for (Path file : files.sorted().toList()) {
                    read(file, letters);
                }
            }
        }
        return letters;
    }

    private static void read(Path file, List<Letter> letters) throws IOException {
        try (EventContainerReader reader = EventContainerReader.open(file)) {
            for (EventBatch block; (block = reader.next()) != null; ) {
                EventReader event = block.reader();
                while (event.next()) {
                    letters.add(new Letter(new String(event.body(), StandardCharsets.UTF_8), event.headers()));
                }
                block.release();
            }
        }
    }
}
