package org.millrace.hdfs;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.jspecify.annotations.Nullable;
import org.millrace.api.part.EventSerializer;

/**
 * The settings of an HDFS sink, checked.
 *
 * @param location the path as in the file, for messages and to find the file system by
 * @param held for buckets that cannot take events for now
 * @param flushEvents the most that are written with one flush where more than a batch waits; never less than a batch
 * @param maxEventBytes of a body
 * @param record of open files, where the channel does not keep one
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
        Access access,
        UnfinishedFiles.RetryPolicy retry,
        HeldEvents.Limits held,
        LocalRecord.Place record,
        int batchEvents,
        int flushEvents,
        int maxEventBytes,
        int maxOpenFiles,
        int threads,
        Duration callTimeout,
        boolean localTime,
        EventTime.Missing withoutTime) {

    /** What files these settings will lead to. */
    FileForecast forecast() {
        Duration step = Stream.of(directory, prefix)
                .map(BucketPath::step)
                .filter(Objects::nonNull)
                .min(Comparator.naturalOrder())
                .orElse(null);
        List<String> headers = Stream.of(directory, prefix)
                .flatMap(path -> path.headerNames().stream())
                .distinct()
                .toList();
        return new FileForecast(roll, step, headers, maxOpenFiles);
    }

    /** What file names have in common. An empty suffix means the codec's own. */
    record Names(String inUsePrefix, String inUseSuffix, String suffix) {}

    /**
     * How the file system is reached.
     *
     * @param configuration the directory with Hadoop's files; null for the class path alone
     */
    record Access(@Nullable Path configuration, HadoopUser.Login login, SyncMode sync) {}

    /**
     * What stands in the files.
     *
     * @param serializer what a stream is made of
     * @param values what a SequenceFile is made of
     * @param codec null for none
     */
    record Content(
            FileType type,
            EventSerializer serializer,
            SequenceFormat.Values values,
            @Nullable Class<? extends CompressionCodec> codec) {}

    /** {@code hdfs.fileType}. */
    enum FileType {
        SEQUENCE_FILE,
        DATA_STREAM,
        COMPRESSED_STREAM
    }
}
