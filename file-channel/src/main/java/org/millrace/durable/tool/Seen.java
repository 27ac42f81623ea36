package org.millrace.durable.tool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.millrace.durable.log.LogView;

/** What is to be said of the directories themselves: whether they are a channel's, and all of its. */
final class Seen {
    private Seen() {}

    /** What whoever reads the result has to know; empty if all is well. */
    static List<String> notes(LogView view) {
        List<String> notes = new ArrayList<>();
        Set<Integer> missing = new TreeSet<>();
        int of = 0;
        for (LogView.Directory directory : view.directories()) {
            of = Math.max(of, directory.of());
            if (directory.trouble() != null) {
                notes.add(directory.storage().path() + " " + directory.trouble());
            }
            if (directory.logId() != null && !directory.logId().equals(view.logId())) {
                notes.add(directory.storage().path() + " belongs to another channel than the directories before it");
            }
        }
        for (int number = 1; number <= of; number++) {
            missing.add(number);
        }
        view.directories().forEach(directory -> missing.remove(directory.number()));
        if (!missing.isEmpty()) {
            notes.add("this is " + (of - missing.size()) + " of " + of + " directories: number "
                    + String.join(", ", missing.stream().map(String::valueOf).toList())
                    + " is missing, and what is in there is not seen");
        }
        return notes;
    }

    /** True if one of the channel's directories was not given. */
    static boolean isPart(LogView view) {
        int of = view.directories().stream()
                .mapToInt(LogView.Directory::of)
                .max()
                .orElse(0);
        long here = view.directories().stream()
                .mapToInt(LogView.Directory::number)
                .filter(number -> number > 0)
                .distinct()
                .count();
        return here < of;
    }

    /** Refuses directories that hold no channel of ours. */
    static void requireChannel(LogView view) throws IOException {
        if (view.logId() != null || !view.slots().isEmpty()) {
            return;
        }
        Path first = view.directories().get(0).storage().path();
        throw new IOException(first
                + (isFlumes(first)
                        ? " holds a file channel of Flume, which is not read here (Flume itself drains it)"
                        : " holds no file channel (expected: one of a channel's dataDirs)"));
    }

    private static boolean isFlumes(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.anyMatch(file -> file.getFileName().toString().matches("log-\\d+(\\.meta)?"));
        }
    }

    /** For JSON. */
    static Map<String, Object> json(LogView view) {
        Map<String, Object> json = new LinkedHashMap<>();
        if (view.logId() != null) {
            json.put("log", view.logId());
        }
        List<Object> directories = new ArrayList<>();
        for (LogView.Directory directory : view.directories()) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("path", directory.storage().path().toString());
            if (directory.of() > 0) {
                fields.put("number", directory.number());
                fields.put("of", directory.of());
            }
            if (directory.trouble() != null) {
                fields.put("trouble", directory.trouble());
            }
            directories.add(fields);
        }
        json.put("directories", directories);
        json.put("notes", notes(view));
        return json;
    }
}
