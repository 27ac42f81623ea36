package org.millrace.relay.config;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The one table of all differences from Flume: the guide for migration and {@code millrace migrate} are made of it. A line of {@code
 * differences.tsv} is a {@link Difference}, its parts separated by tabs; lines with {@code #} in front are for who edits it.
 */
public final class Differences {
    private static final String TABLE = "differences.tsv";
    private static final int COLUMNS = 6;

    private Differences() {}

    /** All of them, in the order of the table. */
    public static List<Difference> all() {
        try (InputStream in = Differences.class.getResourceAsStream(TABLE)) {
            if (in == null) {
                throw new IllegalStateException("no " + TABLE + " on the class path");
            }
            return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(Differences::parse)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(TABLE, e);
        }
    }

    private static Difference parse(String line) {
        String[] parts = line.split("\t", -1);
        if (parts.length != COLUMNS) {
            throw new IllegalStateException(
                    TABLE + ": " + parts.length + " columns (expected: " + COLUMNS + "): " + line);
        }
        return new Difference(Difference.Standing.of(parts[0]), parts[1], parts[2], parts[3], parts[4], parts[5]);
    }
}
