package org.millrace.verify;

/**
 * How the names of files look that are being written, {@code hdfs.inUsePrefix} and {@code hdfs.inUseSuffix} of the HDFS sink.
 *
 * @param prefix empty if there is none
 * @param suffix empty if there is none
 */
record InUseNames(String prefix, String suffix) {
    boolean matches(String name) {
        return (!prefix.isEmpty() || !suffix.isEmpty()) && name.startsWith(prefix) && name.endsWith(suffix);
    }

    /** The name that the file gets when it is finished. */
    String without(String name) {
        return matches(name) ? name.substring(prefix.length(), name.length() - suffix.length()) : name;
    }
}
