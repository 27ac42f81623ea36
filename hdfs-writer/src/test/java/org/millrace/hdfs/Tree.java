package org.millrace.hdfs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files below a directory. */
record Tree(Path root) {
    /** Relative names in order. */
    List<String> names() {
        return paths().map(path -> root.relativize(path).toString()).toList();
    }

    List<String> inUse() {
        return names().stream().filter(name -> name.endsWith(".tmp")).toList();
    }

    List<String> complete() {
        return names().stream().filter(name -> !name.endsWith(".tmp")).toList();
    }

    /** The lines of all files, file after file. */
    List<String> lines() {
        return paths().flatMap(path -> text(path).lines()).toList();
    }

    String text(String name) {
        return text(root.resolve(name));
    }

    private Stream<Path> paths() {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile).sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
