package org.millrace.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.Test;
import org.millrace.codec.EventReader;
import org.millrace.testkit.FakeClock;

class BucketFileTest {
    private int closes;

    @Test
    void oneWhoseWriterCannotBeDiscardedIsClosed() throws Exception {
        BucketFile file = file(() -> {
            throw new IllegalStateException("injected");
        });

        file.abandon();

        assertThat(closes).isEqualTo(1);
    }

    /** Whoever abandons it tries again. */
    @Test
    void anErrorOfItsWriterIsThrownOnceAndTheFileIsClosedAllTheSame() throws Exception {
        BucketFile file = file(() -> {
            throw new NoClassDefFoundError("injected");
        });

        assertThatThrownBy(file::abandon).isInstanceOf(NoClassDefFoundError.class);
        assertThat(closes).isEqualTo(1);
        file.abandon();
    }

    private BucketFile file(Runnable discard) throws IOException {
        OutputStream bytes = new OutputStream() {
            @Override
            public void write(int b) {}

            @Override
            public void close() {
                closes++;
            }
        };
        return new BucketFile(
                FileStores.of(new RawLocalFileSystem(), new FakeClock()),
                FileEntry.opening(FileStores.NAMING, new Path("file:///logs"), "f", 1),
                new FSDataOutputStream(bytes, null),
                new EventWriter() {
                    @Override
                    public void append(EventReader event) {}

                    @Override
                    public void flush() {}

                    @Override
                    public void finish() {}

                    @Override
                    public void discard() {
                        discard.run();
                    }
                });
    }
}
