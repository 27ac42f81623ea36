package org.millrace.hdfs;

import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.time.InstantSource;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.millrace.api.SinkMetrics;

/** Stores for tests of files that are there already. */
final class FileStores {
    static final FileNaming NAMING = new FileNaming("", ".tmp", "");

    private FileStores() {}

    /** One of a sink {@code k1} that begins no files. */
    static FileStore of(FileSystem files, InstantSource clock) {
        return new FileStore(
                "k1",
                new FileSystems(files, new Configuration(false)),
                new NoFormat(),
                NAMING,
                SyncMode.HFLUSH,
                clock,
                new HdfsMetrics(new SinkMetrics("k1", new MetricRegistry()), clock));
    }

    private static final class NoFormat implements EventFormat {
        @Override
        public EventWriter begin(FSDataOutputStream file, BucketId bucket) throws IOException {
            throw new IOException("no file is begun here");
        }

        @Override
        public String suffix() {
            return "";
        }
    }
}
