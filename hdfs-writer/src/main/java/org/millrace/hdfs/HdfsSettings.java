package org.millrace.hdfs;

import java.time.Duration;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.jspecify.annotations.Nullable;

/**
 * The settings of an HDFS sink, checked.
 *
 * @param location the path as in the file, for messages and to find the file system by
 * @param threads that write buckets side by side
 * @param callTimeout of one call into Hadoop; zero: none
 */
record HdfsSettings(
        String location,
        BucketPath directory,
        BucketPath prefix,
        Names names,
        RollPolicy roll,
        Content content,
        UnfinishedFiles.RetryPolicy retry,
        int batchEvents,
        int maxOpenFiles,
        int threads,
        Duration callTimeout,
        boolean localTime,
        boolean rawLocal) {

    /** What file names have in common. An empty suffix means the codec's own. */
    record Names(String inUsePrefix, String inUseSuffix, String suffix) {}

    /**
     * What stands in the files.
     *
     * @param codec null for none
     */
    record Content(
            FileType type,
            EventText text,
            SequenceFormat.Values values,
            @Nullable Class<? extends CompressionCodec> codec) {}

    /** {@code hdfs.fileType}. */
    enum FileType {
        SEQUENCE_FILE,
        DATA_STREAM,
        COMPRESSED_STREAM
    }
}
