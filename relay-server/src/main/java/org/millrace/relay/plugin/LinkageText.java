package org.millrace.relay.plugin;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What it means for an operator that a class cannot be linked. */
final class LinkageText {
    /** What to do with a class that was written for Flume. */
    static final String FOR_FLUME =
            "is written for Flume, whose classes Millrace does not load (expected: a factory that implements %s; docs/plugins.md tells how"
                    + " to carry a component over)";

    private static final Pattern CLASS_NAME = Pattern.compile("[\\w$./]+");

    private LinkageText() {}

    /** @param contract what the class should implement */
    static String of(LinkageError error, String contract) {
        String message = String.valueOf(error.getMessage());
        if (error instanceof UnsupportedClassVersionError) {
            return "is compiled for a newer Java than this one, which is "
                    + Runtime.version().feature() + " (" + message + ")";
        }
        if (error instanceof NoClassDefFoundError) {
            Matcher name = CLASS_NAME.matcher(message);
            String missing = name.lookingAt() ? name.group().replace('/', '.') : message;
            return missing.startsWith("org.apache.flume.")
                    ? String.format(FOR_FLUME, contract) + ": it needs " + missing
                    : "lacks the class " + missing + " (expected: its jar in the plug-in's libext)";
        }
        if (error instanceof IncompatibleClassChangeError) {
            return "does not fit this version of Millrace, or of a library: " + message;
        }
        return "cannot be linked: " + error;
    }
}
