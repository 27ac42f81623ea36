package org.millrace.durable;

import java.util.List;
import java.util.regex.Pattern;

/** Tells what Flume's own file channel has left in a directory. */
final class FlumeFiles {
    private static final Pattern LOG = Pattern.compile("log-\\d+");

    private FlumeFiles() {}

    /** The names of Flume's event logs among these, without those of their companions. */
    static List<String> logsIn(List<String> names) {
        return names.stream().filter(name -> LOG.matcher(name).matches()).toList();
    }
}
