package org.millrace.relay.config;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * A copy of the last good configuration, in Flume's place for it: {@code .<agent>.properties} in a directory. It has the values as they
 * stand in the sources, so that what they refer to, such as secrets, is not in it; only its owner may read it. One thread.
 */
public final class Backup {
    private final Path file;

    public Backup(Path directory, String agent) {
        this.file = directory.resolve("." + agent + ".properties");
    }

    /** Where it is. */
    public Path file() {
        return file;
    }

    TextSource source() {
        return TextSource.ofFile(file);
    }

    /**
     * Writes the texts into it, merged, or leaves what is there.
     *
     * @throws IOException if the directory cannot be written to
     */
    public void save(List<Text> texts) throws IOException {
        Properties merged = new Properties();
        Map<String, Property> properties = PropertyFiles.merge(texts, new Findings());
        properties.forEach((key, property) -> merged.setProperty(key, property.value()));
        StringWriter text = new StringWriter();
        merged.store(text, "The agent's last good configuration, merged. Written by the agent: do not edit.");
        Path directory = Files.createDirectories(file.toAbsolutePath().getParent());
        Path written = Files.createTempFile(directory, file.getFileName().toString(), ".tmp");
        try {
            if (Files.getFileStore(written).supportsFileAttributeView("posix")) {
                Files.setPosixFilePermissions(written, PosixFilePermissions.fromString("rw-------"));
            }
            Files.write(written, text.toString().getBytes(StandardCharsets.UTF_8));
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(written);
        }
    }
}
