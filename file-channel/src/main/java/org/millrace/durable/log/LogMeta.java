package org.millrace.durable.log;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import java.util.Properties;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.millrace.durable.storage.Storage;

/**
 * What a directory says of itself, in {@code log.meta}: properties, as text.
 *
 * @param logId the log that its segments belong to
 * @param format version of the format
 * @param segmentBytes size of the slots that are made here, for people; the segments themselves say how long they are
 * @param directory which one of {@code directories} this is, from 1
 * @param directories that the log is striped over
 */
record LogMeta(UUID logId, int format, long segmentBytes, int directory, int directories) {
    static final String FILE = "log.meta";

    /** Null if the directory has none. */
    static @Nullable LogMeta read(Storage storage) throws IOException {
        byte[] text;
        try {
            text = storage.readAll(FILE);
        } catch (NoSuchFileException e) {
            return null;
        }
        try {
            Properties properties = new Properties();
            properties.load(new StringReader(new String(text, StandardCharsets.UTF_8)));
            return new LogMeta(
                    UUID.fromString(property(properties, "log.id")),
                    Integer.parseInt(property(properties, "format.version")),
                    Long.parseLong(property(properties, "segment.bytes")),
                    Integer.parseInt(property(properties, "directory")),
                    Integer.parseInt(property(properties, "directories")));
        } catch (IllegalArgumentException e) {
            throw new IOException(storage.path().resolve(FILE) + " is damaged: " + e.getMessage(), e);
        }
    }

    private static String property(Properties properties, String name) {
        String value = properties.getProperty(name);
        if (value == null) {
            throw new IllegalArgumentException("it has no " + name);
        }
        return value.trim();
    }

    void write(Storage storage) throws IOException {
        String text = String.format(Locale.ROOT, """
                # A durable channel of Millrace keeps its events here. docs/file-channel-format.md tells what the files hold.
                log.id = %s
                format.version = %d
                segment.bytes = %d
                # This is directory number
                directory = %d
                # of
                directories = %d
                """, logId, format, segmentBytes, directory, directories);
        storage.replace(FILE, text.getBytes(StandardCharsets.UTF_8));
    }
}
