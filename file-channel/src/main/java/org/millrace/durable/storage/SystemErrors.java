package org.millrace.durable.storage;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * What an operating system means by a failure. Java has no other sign of it than the system's words, in the language of the process: the
 * launcher sets {@code LC_MESSAGES=C}, an embedded agent has no launcher. In another language nothing is recognized here.
 */
public final class SystemErrors {
    /** ENOSPC and EDQUOT; the last one on Windows. */
    private static final List<String> DISK_FULL =
            List.of("no space left on device", "quota exceeded", "not enough space on the disk");

    /** EMFILE, ENFILE, ENOMEM. */
    private static final List<String> SHORTAGES = List.of("too many open files", "cannot allocate memory");

    private SystemErrors() {}

    /** Whether there was no room on the disk. */
    public static boolean isDiskFull(IOException e) {
        return says(e, DISK_FULL);
    }

    /** Whether the process, or the machine, was short of something when it opened a file: nothing is wrong with the file. */
    public static boolean isShortage(IOException e) {
        return says(e, SHORTAGES);
    }

    private static boolean says(IOException e, List<String> words) {
        String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        return words.stream().anyMatch(message::contains);
    }
}
