package org.millrace.hdfs;

import java.net.URI;
import org.apache.hadoop.fs.Path;

/**
 * How files are called: while they are written and once they are complete.
 *
 * @param suffix of both names
 */
record FileNaming(String inUsePrefix, String inUseSuffix, String suffix) {
    Path inUse(Path directory, String prefix, long counter) {
        return named(directory, inUsePrefix + prefix + "." + counter + suffix + inUseSuffix);
    }

    Path complete(Path directory, String prefix, long counter) {
        return named(directory, prefix + "." + counter + suffix);
    }

    /** Hadoop would take what stands before a colon for the scheme of another file system. */
    private static Path named(Path directory, String name) {
        URI uri = directory.toUri();
        String slash = uri.getPath().endsWith(Path.SEPARATOR) ? "" : Path.SEPARATOR;
        return new Path(uri.getScheme(), uri.getAuthority(), uri.getPath() + slash + name);
    }
}
