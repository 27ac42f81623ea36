package org.millrace.relay.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A place that the text of a configuration is read from, again and again while the agent runs. One thread at a time. */
public interface TextSource {
    /** The most bytes of one text. */
    int MOST_BYTES = 16 << 20;

    /** As findings name it: a path, a URI. Without anything secret. */
    String name();

    /**
     * The text as it stands there now.
     *
     * @throws IOException with a message that tells an operator what is wrong
     */
    byte[] read() throws IOException;

    /** How often to look for changes where the operator does not say. */
    default Duration pollInterval() {
        return Duration.ofSeconds(30);
    }

    /**
     * Has it tell of changes as they happen, where it can; the place is looked at now and then all the same.
     *
     * @param changed called by any thread; must not wait
     */
    default void onChange(Runnable changed) {}

    /** A file. */
    static TextSource ofFile(Path file) {
        return new TextSource() {
            @Override
            public String name() {
                return file.toString();
            }

            @Override
            public byte[] read() throws IOException {
                try (InputStream in = Files.newInputStream(file)) {
                    return limited(in);
                }
            }
        };
    }

    /** A text that was read before. */
    static TextSource ofBytes(String name, byte[] text) {
        return new TextSource() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public byte[] read() {
                return text;
            }
        };
    }

    /** All that there is to read, which may not be more than {@link #MOST_BYTES}. */
    static byte[] limited(InputStream in) throws IOException {
        byte[] text = in.readNBytes(MOST_BYTES + 1);
        if (text.length > MOST_BYTES) {
            throw new IOException("longer than " + MOST_BYTES + " bytes");
        }
        return text;
    }
}
