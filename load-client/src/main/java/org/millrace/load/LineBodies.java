package org.millrace.load;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;

/** The lines of a file, byte by byte as they are but for their ends (LF or CR LF), round and round. All of them are kept in memory. */
final class LineBodies implements Bodies {
    private static final long MOST_FILE_BYTES = 256L << 20;

    private final Path file;
    private final byte[] bytes;
    private int[] starts = new int[1024];
    private int[] lengths = new int[1024];
    private int lines;
    private int longest;

    private LineBodies(Path file, byte[] bytes) {
        this.file = file;
        this.bytes = bytes;
    }

    /**
     * Reads them.
     *
     * @param mostLineBytes that a line may have
     * @throws IllegalArgumentException if the file cannot be read, has no line, is too large, or has a line that is too long
     */
    static LineBodies read(Path file, int mostLineBytes) {
        try {
            if (Files.isDirectory(file)) {
                throw new IllegalArgumentException(file + " is a directory (expected: a file)");
            }
            long size = Files.size(file);
            if (size > MOST_FILE_BYTES) {
                throw new IllegalArgumentException(file + " has " + size + " bytes (expected: at most "
                        + MOST_FILE_BYTES + ", as it is kept in memory)");
            }
            LineBodies lines = new LineBodies(file, Files.readAllBytes(file));
            lines.cut(mostLineBytes);
            return lines;
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(file + " does not exist", e);
        } catch (AccessDeniedException e) {
            throw new IllegalArgumentException(file + " must not be read by this user", e);
        } catch (IOException e) {
            throw new IllegalArgumentException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private void cut(int mostLineBytes) {
        int start = 0;
        while (start < bytes.length) {
            int end = start;
            while (end < bytes.length && bytes[end] != '\n') {
                end++;
            }
            int length = end > start && end < bytes.length && bytes[end - 1] == '\r' ? end - start - 1 : end - start;
            add(start, length);
            if (length > mostLineBytes) {
                throw new IllegalArgumentException(file + ": line " + lines + " has " + length
                        + " bytes (expected: at most " + mostLineBytes + ")");
            }
            start = end + 1;
        }
        if (lines == 0) {
            throw new IllegalArgumentException(file + " is empty (expected: at least one line)");
        }
    }

    private void add(int start, int length) {
        if (lines == starts.length) {
            starts = Arrays.copyOf(starts, 2 * lines);
            lengths = Arrays.copyOf(lengths, 2 * lines);
        }
        starts[lines] = start;
        lengths[lines] = length;
        lines++;
        longest = Math.max(longest, length);
    }

    @Override
    public byte[] array() {
        return bytes;
    }

    @Override
    public int offset(long event) {
        return starts[(int) (event % lines)];
    }

    @Override
    public int length(long event) {
        return lengths[(int) (event % lines)];
    }

    @Override
    public int longest() {
        return longest;
    }

    @Override
    public long period() {
        return lines;
    }

    @Override
    public boolean isDrawn() {
        return false;
    }
}
