package org.millrace.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32C;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.millrace.testkit.FakeChannel;

class ManifestTest {
    private static final FileNaming NAMING = new FileNaming("_", ".tmp", ".gz");

    private final FakeChannel channel = new FakeChannel("c1");
    private final Manifest manifest = new Manifest(channel, "hdfs a1/k1", null);

    private static FileEntry file(String directory, long counter) {
        return FileEntry.opening(NAMING, new Path("hdfs://nn:8020" + directory), "Fäden", counter);
    }

    @Test
    void filesAreReadAsTheyWereWritten() throws Exception {
        List<FileEntry> files = List.of(
                file("/a", 1),
                file("/a", 2).open(Long.MAX_VALUE),
                file("/a", 3).open(7).notedBefore(),
                file("/b/c d", 3).finishing(5).nextName());
        Manifest.Change change = manifest.change();
        files.forEach(change::put);
        change.commit();

        assertThat(new Manifest(channel, "hdfs a1/k1", null).restore()).containsExactlyElementsOf(files);
        assertThat(new Manifest(channel, "hdfs a1/k2", null).restore()).isEmpty();
        assertThat(channel.durableCommits()).isEqualTo(1);
    }

    @Test
    void aChangeThatIsNotCommittedIsNone() throws Exception {
        Manifest.Change change = manifest.change();
        change.put(file("/a", 1));
        assertThat(manifest.restore()).isEmpty();
        assertThat(manifest.entries()).isEmpty();
    }

    @Test
    void whatIsDroppedLeavesWithTheNextCommit() throws Exception {
        Manifest.Change change = manifest.change();
        change.put(file("/a", 1));
        change.put(file("/a", 2));
        change.commit();
        manifest.drop(file("/a", 1));
        assertThat(new Manifest(channel, "hdfs a1/k1", null).restore()).hasSize(2);
        manifest.change().commit();

        assertThat(new Manifest(channel, "hdfs a1/k1", null).restore()).containsExactly(file("/a", 2));
    }

    @Test
    void fiveThousandFilesInAsManyDirectoriesFit() throws Exception {
        Manifest.Change change = manifest.change();
        for (int i = 0; i < 5_000; i++) {
            change.put(file("/warehouse/events/tenant=customer-" + i + "/2026-11-28/hour=17", i));
        }
        change.commit();

        assertThat(manifest.entries()).hasSize(5_000);
    }

    @Test
    void moreThanCanBeAttachedAreRefusedWithWhatToDo() {
        Manifest.Change change = manifest.change();
        for (int i = 0; i < 30_000; i++) {
            change.put(file("/a", i));
        }

        assertThatThrownBy(change::commit)
                .isInstanceOf(ManifestException.class)
                .hasMessageContaining("30000 files")
                .hasMessageContaining("hdfs.maxOpenFiles");
        assertThat(manifest.entries()).isEmpty();
    }

    @Test
    void whatIsNoManifestIsRefused() {
        byte[] whole = ManifestCodec.encode(List.of(file("/a", 1)));
        byte[] damaged = whole.clone();
        damaged[20] ^= 1;
        byte[] newer = whole.clone();
        newer[4] = 2;

        assertThatThrownBy(() -> ManifestCodec.decode(damaged)).hasMessageContaining("checksum");
        assertThatThrownBy(() -> ManifestCodec.decode(sealed(newer))).hasMessageContaining("version 2 (expected: 1)");
        assertThatThrownBy(() -> ManifestCodec.decode(sealed("something else".getBytes(StandardCharsets.UTF_8))))
                .hasMessageContaining("something else");
        assertThatThrownBy(() -> ManifestCodec.decode(new byte[0])).hasMessageContaining("0 bytes");
    }

    private static byte[] sealed(byte[] bytes) {
        int end = bytes.length - 4;
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, end);
        for (int i = 0; i < 4; i++) {
            bytes[end + i] = (byte) (checksum.getValue() >>> (24 - 8 * i));
        }
        return bytes;
    }
}
