package org.millrace.durable;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.api.Settings;
import org.millrace.api.support.EventCapacity;
import org.millrace.durable.log.Durability;
import org.millrace.durable.storage.DirectWrites;
import org.millrace.testkit.RecordedProblems;

class FileChannelSettingsTest {
    private static final CacheShare CACHES = new CacheShare(1000);
    private static final Path HOME = Path.of("home");
    private static final long HEAP = 800_000_000;
    private static final long MIB = 1 << 20;

    private final RecordedProblems recorded = new RecordedProblems();

    @Test
    void defaultsAreFlumesWhereFlumeHasThem() {
        FileChannelSettings read = read(Map.of());

        assertThat(read)
                .isEqualTo(new FileChannelSettings(
                        List.of(HOME.resolve(".flume/file-channel/data")),
                        new ChannelLimits(
                                new EventCapacity(1_000_000, 10_000, Duration.ofSeconds(3)),
                                Long.MAX_VALUE,
                                64 * MIB,
                                524_288_000,
                                HEAP / 8,
                                HEAP / 8,
                                64 * MIB,
                                CACHES),
                        List.of(),
                        Durability.ALWAYS,
                        Duration.ofMillis(50),
                        DirectWrites.AUTO,
                        (int) (4 * MIB),
                        Duration.ZERO,
                        false,
                        null));
        assertThat(recorded.problems()).isEmpty();
        assertThat(recorded.notes()).isEmpty();
    }

    @Test
    void itsDirectoriesAreItsOwn() {
        read(Map.of("dataDirs", "one, two"));

        assertThat(recorded.claims()).containsExactly("dataDirs: one", "dataDirs: two");
    }

    @Test
    void whoDoesNotWaitForTheDiskWritesThroughThePageCache() {
        assertThat(read(Map.of("durability", "os")).directWrites()).isEqualTo(DirectWrites.OFF);
        assertThat(read(Map.of("fsyncPerTransaction", "false")).directWrites()).isEqualTo(DirectWrites.OFF);
        assertThat(read(Map.of("durability", "os", "directWrites", "on")).directWrites())
                .isEqualTo(DirectWrites.ON);
        assertThat(recorded.problems()).isEmpty();
        read(Map.of("directWrites", "sometimes"));
        assertThat(recorded.problems()).singleElement().asString().contains("directWrites", "auto, on, off");
    }

    @Test
    void aFileOfFlumesWorksUnchangedAndSaysWhatHasNoEffect() {
        Map<String, String> flumes = new HashMap<>(Map.of(
                "checkpointDir", "/flume/checkpoint",
                "dataDirs", "/disk1/flume, /disk2/flume",
                "checkpointInterval", "30000",
                "useDualCheckpoints", "true",
                "backupCheckpointDir", "/flume/backup",
                "compressBackupCheckpoint", "false",
                "checkpointOnClose", "true",
                "maxFileSize", "1623195647",
                "minimumRequiredSpace", "1048576",
                "use-log-replay-v1", "false"));
        flumes.put("use-fast-replay", "false");
        flumes.put("keep-alive", "5");
        FileChannelSettings read = read(flumes);

        assertThat(read.directories()).containsExactly(Path.of("/disk1/flume"), Path.of("/disk2/flume"));
        assertThat(read.limits().segmentBytes()).isEqualTo(64 * MIB);
        assertThat(read.limits().reserveBytes()).isEqualTo(1048576);
        assertThat(recorded.problems()).isEmpty();
        assertThat(recorded.notes())
                .hasSize(8)
                .contains(
                        "checkpointDir: has no effect: there are no checkpoints, and nothing is kept in this directory")
                .anyMatch(note -> note.startsWith("use-fast-replay: "));
    }

    @Test
    void fsyncPerTransactionFalseMeansAnIntervalOfFlumesSeconds() {
        FileChannelSettings read = read(Map.of("fsyncPerTransaction", "false"));
        assertThat(read.durability()).isEqualTo(Durability.INTERVAL);
        assertThat(read.forceInterval()).isEqualTo(Duration.ofSeconds(5));

        read = read(Map.of("fsyncPerTransaction", "false", "fsyncInterval", "2"));
        assertThat(read.forceInterval()).isEqualTo(Duration.ofSeconds(2));
        assertThat(recorded.problems()).isEmpty();

        read(Map.of("fsyncPerTransaction", "false", "durability", "always"));
        assertThat(recorded.problems())
                .containsExactly("fsyncPerTransaction: false (expected: to go with durability, which is not interval)");
    }

    @Test
    void ourKeysAreRead() {
        FileChannelSettings read = read(Map.of(
                "durability", "OS",
                "forceInterval", "20",
                "byteCapacity", "10GiB",
                "segmentSize", "16MiB",
                "groupBytes", "1MiB",
                "cacheBytes", "0",
                "retention", "3600",
                "positionDurability", "always",
                "readers", "store audit"));

        assertThat(read.durability()).isEqualTo(Durability.OS);
        assertThat(read.forceInterval()).isEqualTo(Duration.ofMillis(20));
        assertThat(read.limits().byteCapacity()).isEqualTo(10L << 30);
        assertThat(read.limits().segmentBytes()).isEqualTo(16 * MIB);
        assertThat(read.groupBytes()).isEqualTo((int) MIB);
        assertThat(read.limits().cacheBytes()).isZero();
        assertThat(read.retention()).isEqualTo(Duration.ofHours(1));
        assertThat(read.waitForPositions()).isTrue();
        assertThat(read.readers()).containsExactly("store", "audit");
        assertThat(recorded.problems()).isEmpty();
    }

    @Test
    void aSegmentIsNoLargerThanFlumesFileMayBe() {
        FileChannelSettings read = read(Map.of("maxFileSize", "5000000"));

        assertThat(read.limits().segmentBytes()).as("whole blocks").isEqualTo(4_997_120);
        assertThat(read.groupBytes()).isLessThanOrEqualTo(1_250_000);
        assertThat(recorded.problems()).isEmpty();
    }

    /** What the log writes at once at most; more would be cut in silence. */
    @Test
    void aGroupIsAQuarterOfASegmentAtMost() {
        assertThat(read(Map.of("segmentSize", "4MiB")).groupBytes()).isEqualTo((int) MIB);
        assertThat(read(Map.of("segmentSize", "4MiB", "groupBytes", "1MiB")).groupBytes())
                .isEqualTo((int) MIB);
        assertThat(recorded.problems()).isEmpty();

        read(Map.of("segmentSize", "4MiB", "groupBytes", "1048577"));
        assertThat(recorded.problems())
                .containsExactly("groupBytes: 1048577 (expected: at most a quarter of segmentSize, 1048576)");
    }

    @Test
    void whoNamesNoCacheHasAShareOfTheOthers() {
        assertThat(read(Map.of()).limits().cacheShare()).isSameAs(CACHES);
        assertThat(read(Map.of("cacheBytes", "1MiB")).limits().cacheShare().mostBytes())
                .isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aFileOfFlumesThatIsSmallerThanASegmentCanBeIsNoMistake() {
        FileChannelSettings read = read(Map.of("maxFileSize", "100"));

        assertThat(read.limits().segmentBytes()).isEqualTo(MIB);
        assertThat(recorded.problems()).isEmpty();
        assertThat(recorded.notes()).containsExactly("maxFileSize: 100 counts as 1048576: a segment is no smaller");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "capacity | 0",
                "keep-alive | -1",
                "dataDirs | ,",
                "dataDirs | a,b,./a",
                "durability | sometimes",
                "forceInterval | 0",
                "fsyncInterval | 0",
                "byteCapacity | many",
                "byteCapacity | 1XB",
                "byteCapacity | 9999999999TiB",
                "segmentSize | 4096",
                "segmentSize | 2GiB",
                "groupBytes | 1",
                "groupBytes | 48MiB",
                "cacheBytes | 500000000",
                "retention | -1",
                "positionDurability | maybe",
                "minimumRequiredSpace | -1",
                "maxFileSize | -1",
                "readers | ''",
                "readers | store, audit",
                "encryption.activeKey | k1",
            })
    void aBadValueIsAMistake(String key, String value) {
        read(Map.of(key, value));

        assertThat(recorded.problems()).isNotEmpty();
    }

    @Test
    void keysThatExcludeEachOtherAreMistakesThatTellWhy() {
        read(Map.of("capacity", "100", "transactionCapacity", "101", "maxFileSize", "1MiB", "segmentSize", "2MiB"));

        assertThat(recorded.problems())
                .containsExactlyInAnyOrder(
                        "transactionCapacity: 101 (expected: at most capacity, which is 100)",
                        "segmentSize: 2097152 (expected: at most maxFileSize, which is 1048576)");
    }

    @Test
    void everyKeyOfFlumesIsKnown() {
        Settings settings = recorded.settings(Map.of());
        FileChannelSettings.read(settings, HOME, HEAP, CACHES);

        assertThat(settings.knownKeys())
                .contains(
                        "checkpointDir",
                        "dataDirs",
                        "capacity",
                        "transactionCapacity",
                        "keep-alive",
                        "checkpointInterval",
                        "maxFileSize",
                        "minimumRequiredSpace",
                        "useDualCheckpoints",
                        "backupCheckpointDir",
                        "compressBackupCheckpoint",
                        "checkpointOnClose",
                        "fsyncPerTransaction",
                        "fsyncInterval",
                        "use-log-replay-v1",
                        "use-fast-replay",
                        "encryption.activeKey");
    }

    @Test
    void theFactoryAnswersToFlumesNames() {
        assertThat(new FileChannelFactory().typeNames())
                .containsExactly("file", "org.apache.flume.channel.file.FileChannel");
    }

    private FileChannelSettings read(Map<String, String> values) {
        return FileChannelSettings.read(recorded.settings(values), HOME, HEAP, CACHES);
    }
}
