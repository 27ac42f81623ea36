package org.millrace.hdfs;

import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;

/**
 * {@code hdfs.path} as it stands in the file: which file system it is in, and what that never takes, or keeps. With such a path, or such
 * names, each event would fail, or be lost, so they are refused when the configuration is read.
 */
final class Location {
    private static final Pattern ROOT = Pattern.compile("^([A-Za-z][A-Za-z0-9+.-]*):(//[^/]*)?");
    private static final Pattern ESCAPE_IN_ROOT = Pattern.compile("^[^/]*%[^/]*:|^[^/:]+://[^/]*%");
    /** Streams of theirs do nothing when they are flushed. Those of others are asked: {@link FileStore#begin}. */
    private static final Set<String> WITHOUT_FLUSH = Set.of("s3a", "webhdfs", "swebhdfs");

    private final String text;
    private final SyncMode sync;
    private final String scheme;

    /**
     * Takes a path apart.
     *
     * @param text empty if there is none
     * @param sync what is asked of its files
     * @param hadoop tells the default file system
     */
    Location(String text, SyncMode sync, Supplier<Configuration> hadoop) {
        this.text = text;
        this.sync = sync;
        this.scheme = text.isEmpty() ? "" : scheme(text, hadoop);
    }

    private static String scheme(String text, Supplier<Configuration> hadoop) {
        Matcher root = ROOT.matcher(text);
        if (root.find()) {
            return root.group(1);
        }
        try {
            return FileSystem.getDefaultUri(hadoop.get()).getScheme();
        } catch (RuntimeException e) { // files of Hadoop's that cannot be read: the start tells
            return "";
        }
    }

    String text() {
        return text;
    }

    /** True if the path names no file system, and Hadoop's default one is this machine's disk, which is seldom what was meant. */
    boolean isLocalUnsaid() {
        return !text.isEmpty() && !ROOT.matcher(text).find() && isLocal(scheme);
    }

    /**
     * The path, its root checked. Its scheme has an address, if an empty one, so that what stands behind is not taken for it when a header is
     * missing: {@code hdfs:/%{x}/y} is {@code hdfs:///%{x}/y}.
     *
     * @throws IllegalArgumentException if there can be no such place; the message says why
     */
    String checked() {
        if (ESCAPE_IN_ROOT.matcher(text).find()) {
            throw new IllegalArgumentException("the file system's address cannot have escapes");
        }
        if (WITHOUT_FLUSH.contains(scheme) && sync != SyncMode.NONE) {
            throw new IllegalArgumentException(scheme
                    + ": does nothing when it is asked to flush, so events would be lost with the agent; hdfs.sync = none"
                    + " accepts that");
        }
        Matcher root = ROOT.matcher(text);
        boolean isBare = root.find() && root.group(2) == null;
        return isBare ? root.group() + "//" + text.substring(root.end()) : text;
    }

    /** The path without the address of the file system. */
    String belowRoot() {
        return ROOT.matcher(text).replaceFirst("");
    }

    /** Has names with colons refused, where they may have none. */
    void checkColon(boolean hasColon) {
        if (hasColon && !scheme.isEmpty() && !isLocal(scheme)) {
            throw new IllegalArgumentException("makes a colon, which no name in " + scheme + ": may have");
        }
    }

    /** True for a disk of this machine's, which takes whatever names the operating system takes. */
    static boolean isLocal(String scheme) {
        return scheme.equals("file");
    }
}
