package org.millrace.soak;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file that takes room on a disk, as somebody else's would. */
final class Ballast {
    private static final int CHUNK_BYTES = 1 << 20;
    private static final int LAST_BYTES = 4096;

    private final Path file;

    Ballast(Path file) {
        this.file = file;
    }

    void grow(long bytes) throws IOException {
        try (OutputStream out = open()) {
            byte[] chunk = new byte[CHUNK_BYTES];
            for (long left = bytes; left > 0; left -= chunk.length) {
                out.write(chunk);
            }
        }
    }

    /** Until the disk has nothing left: where a large piece does not fit, smaller ones may. */
    void growToTheEnd() {
        for (int bytes : new int[] {CHUNK_BYTES, LAST_BYTES}) {
            try (OutputStream out = open()) {
                byte[] chunk = new byte[bytes];
                while (Files.getFileStore(file).getUsableSpace() > 0) {
                    out.write(chunk);
                }
            } catch (IOException e) {
                requireFull(e);
            }
        }
    }

    private void requireFull(IOException why) {
        if (!String.valueOf(why.getMessage()).contains("No space left")) {
            throw new UncheckedIOException("cannot fill the disk with " + file, why);
        }
    }

    private OutputStream open() throws IOException {
        return Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    void free() throws IOException {
        Files.deleteIfExists(file);
    }
}
