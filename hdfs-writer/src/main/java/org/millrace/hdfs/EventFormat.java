package org.millrace.hdfs;

import java.io.IOException;
import org.apache.hadoop.fs.FSDataOutputStream;

/** What a file looks like inside. Immutable, thread-safe. */
interface EventFormat {
    /** Begins a file of the bucket on a stream that was just created. */
    EventWriter begin(FSDataOutputStream file, BucketId bucket) throws IOException;

    /** The end of file names where {@code hdfs.fileSuffix} is empty, such as {@code .gz}; empty for none. */
    String suffix();
}
