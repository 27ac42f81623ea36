package org.millrace.hdfs;

import org.apache.hadoop.fs.Path;

/**
 * What makes a bucket one bucket: as resolved for an event.
 *
 * @param directory may have empty levels, where a header is missing
 * @param prefix what its file names start with
 * @param schema of the data in its files, as JSON; empty where the format has no schema of its own for each file
 */
record BucketId(String directory, String prefix, String schema) {
    /**
     * The directory, empty levels left out; where its first one is, it begins at the root, as in Flume, also if the pattern does not. Hadoop would read the start of {@code //x/y} as a host's name.
     */
    Path path() {
        int authority = directory.indexOf("://");
        int from = authority < 0 ? 0 : authority + 3;
        String clean = directory.substring(0, from) + directory.substring(from).replaceAll("/{2,}", "/");
        return new Path(clean.isEmpty() ? "/" : clean);
    }
}
