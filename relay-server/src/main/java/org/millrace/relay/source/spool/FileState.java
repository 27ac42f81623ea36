package org.millrace.relay.source.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;

/**
 * What the file system says of a file: as long as that is the same, so is the file.
 *
 * @param inode what it is to the file system beside its name, as a text; empty where that is not told
 */
record FileState(long size, Instant modified, String inode) {
    static FileState of(Path file) throws IOException {
        BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
        Object key = now.fileKey();
        return new FileState(now.size(), now.lastModifiedTime().toInstant(), key == null ? "" : key.toString());
    }

    /** @throws BadFileException if the file is not as long and as old any more */
    void checkUnchanged(Path file) throws IOException {
        FileState now = of(file);
        long age = modified.toEpochMilli();
        long ageNow = now.modified.toEpochMilli();
        if (now.size != size || ageNow != age) {
            throw new BadFileException(String.format(
                    "it changed while it was read (from %d to %d bytes, %d ms younger): move files here only when complete",
                    size, now.size, ageNow - age));
        }
    }
}
