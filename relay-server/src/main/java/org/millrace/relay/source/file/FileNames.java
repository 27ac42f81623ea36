package org.millrace.relay.source.file;

import java.net.URI;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Names of files byte for byte. To the file system a name is bytes, and the locale may have no characters for them: then the text of a path
 * is that of another one, or of none.
 */
public final class FileNames {
    private FileNames() {}

    /** True if the locale of another process is sure to make the same path of its text. */
    public static boolean isAscii(Path path) {
        return path.toString().chars().allMatch(c -> c < 0x7f);
    }

    /** The path as a text that holds each byte of it, in whatever locale. */
    public static String toUri(Path path) {
        String uri = path.toUri().toString();
        return uri.endsWith("/") ? uri.substring(0, uri.length() - 1) : uri; // as it is for a directory
    }

    /** @throws IllegalArgumentException if it is no file's */
    public static Path ofUri(String uri) {
        try {
            return Path.of(URI.create(uri));
        } catch (FileSystemNotFoundException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /**
     * The path with this behind its name.
     *
     * @throws InvalidPathException if the locale cannot write the suffix
     */
    public static Path withSuffix(Path path, String suffix) {
        if (isText(path.getFileName())) {
            return path.resolveSibling(path.getFileName() + suffix);
        }
        String encodedSuffix = toUri(Path.of("x" + suffix)).replaceFirst("^.*/x", "");
        return path.resolveSibling(ofUri(toUri(path) + encodedSuffix).getFileName());
    }

    private static boolean isText(Path name) {
        try {
            return Path.of(name.toString()).equals(name);
        } catch (InvalidPathException e) {
            return false;
        }
    }
}
