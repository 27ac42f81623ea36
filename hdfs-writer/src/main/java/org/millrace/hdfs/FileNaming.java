package org.millrace.hdfs;

import org.apache.hadoop.fs.Path;

/**
 * How files are called: while they are written and once they are complete.
 *
 * @param suffix of both names
 */
record FileNaming(String inUsePrefix, String inUseSuffix, String suffix) {
    Path inUse(Path directory, String prefix, long counter) {
        return new Path(directory, inUsePrefix + prefix + "." + counter + suffix + inUseSuffix);
    }

    Path complete(Path directory, String prefix, long counter) {
        return new Path(directory, prefix + "." + counter + suffix);
    }
}
