package org.millrace.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.hdfs.FaultyFileSystem.Fault;
import org.millrace.hdfs.FaultyFileSystem.Op;
import org.millrace.testkit.Batches;

/** No file is made of a name that the manifest does not have: after a crash nobody would know whose it is. */
class NameReservationTest {
    @TempDir
    private Path directory;

    @AfterEach
    void noFault() {
        FaultyFileSystem.fault = Fault.NONE;
    }

    @Test
    void aNameWhoseReservationAnErrorCutShortIsNotUsed() throws Exception {
        Queue<String> unknown = new ConcurrentLinkedQueue<>();
        try (SinkUnderTest sut =
                SinkUnderTest.started("fault://" + directory, "hdfs.filePrefix", "%{b}", "hdfs.rollCount", "1")) {
            put(sut, "a", "a 0");
            put(sut, "b", "b 0");
            sut.drainAll(); // both files are full
            AtomicBoolean has = new AtomicBoolean();
            FaultyFileSystem.fault = (op, path) -> {
                if (op == Op.EXISTS && path.getName().startsWith("b") && !has.getAndSet(true)) {
                    throw new OutOfMemoryError("unable to create native thread");
                }
                if (op == Op.CREATE && !reserved(sut).contains(path)) {
                    unknown.add(path.getName());
                }
                return true;
            };
            put(sut, "a", "a 1");
            put(sut, "b", "b 1");
            assertThatThrownBy(sut.sink::drain).isInstanceOf(OutOfMemoryError.class);
            sut.drainAll();
        }
        assertThat(unknown).isEmpty();
        assertThat(new Tree(directory).lines()).containsExactly("a 0", "a 1", "b 0", "b 1");
    }

    private static List<org.apache.hadoop.fs.Path> reserved(SinkUnderTest sut) {
        return ManifestCodec.decode(sut.channel.attached("hdfs a1/k1")).stream()
                .map(FileEntry::inUse)
                .toList();
    }

    private static void put(SinkUnderTest sut, String bucket, String body) {
        sut.put(Batches.of(Map.of("b", bucket), body));
    }
}
