package org.millrace.relay.source.taildir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What stays the same of a file when it is renamed. */
record FileId(long device, long inode) {
    private static final Logger log = LoggerFactory.getLogger(FileId.class);

    /** What the file system says of a file; links are followed. */
    record Stat(FileId id, long size, long modifiedMillis) {}

    /**
     * The same for a regular file; null for anything else, such as a directory or a file that went.
     *
     * @throws IOException if it cannot be looked at, which does not say that it is gone
     */
    static @Nullable Stat statRegular(Path path) throws IOException {
        try {
            Map<String, Object> unix = Files.readAttributes(path, "unix:isRegularFile,dev,ino,size,lastModifiedTime");
            return (Boolean) value(unix, "isRegularFile") ? stat(unix) : null;
        } catch (NoSuchFileException e) {
            log.debug("{} went", path, e);
            return null;
        }
    }

    /** @throws UnsupportedOperationException if the file system has no such numbers */
    static Stat stat(Path path) throws IOException {
        return stat(Files.readAttributes(path, "unix:dev,ino,size,lastModifiedTime"));
    }

    private static Stat stat(Map<String, Object> unix) {
        return new Stat(
                new FileId(number(unix, "dev"), number(unix, "ino")),
                number(unix, "size"),
                ((FileTime) value(unix, "lastModifiedTime")).toMillis());
    }

    private static long number(Map<String, Object> unix, String name) {
        return ((Number) value(unix, name)).longValue();
    }

    private static Object value(Map<String, Object> unix, String name) {
        Object value = unix.get(name);
        if (value == null) {
            throw new UnsupportedOperationException("the file system does not tell a file's " + name);
        }
        return value;
    }
}
