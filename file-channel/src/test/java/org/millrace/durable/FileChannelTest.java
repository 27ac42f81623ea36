package org.millrace.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.api.BatchTooLargeException;
import org.millrace.api.ChannelException;
import org.millrace.api.ChannelReader;
import org.millrace.api.StartException;
import org.millrace.api.Transaction;
import org.millrace.codec.EventBatch;
import org.millrace.codec.Origin;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeClock;
import org.millrace.testkit.ReleaseCheck;

/** The channel on a real disk: restarts in the midst of everything, and starts that cannot be. */
class FileChannelTest {
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(3);
    private static final UUID SENDER = new UUID(5, 6);

    @TempDir
    private Path directory;

    private final ReleaseCheck releases = new ReleaseCheck();
    private final List<DurableChannel> channels = new ArrayList<>();

    @AfterEach
    void everythingIsGivenBack() {
        channels.forEach(DurableChannel::close);
        releases.assertAllReleased();
    }

    @Test
    void aRestartFindsEventsPositionsRangesAndStatesOfEachReader() throws Exception {
        DurableChannel channel = started(Map.of("readers", "a b"));
        put(channel, 0, 10);
        put(channel, 10, 10);
        ChannelReader a = channel.reader("a");
        try (Transaction older = a.begin();
                Transaction newer = a.begin()) {
            older.take(3);
            newer.take(100);
            newer.take(4);
            newer.attach("k1", new byte[] {1, 2});
            newer.commit();
        }
        assertThat(drain(channel.reader("b"), 6)).hasSize(20);
        channel.close();

        DurableChannel again = started(Map.of("readers", "a b"));
        assertThat(again.reader("a").attached("k1")).containsExactly(1, 2);
        assertThat(again.reader("b").attached("k1")).isNull();
        put(again, 20, 5);
        assertThat(drain(again.reader("a"), 100)).isEqualTo(numbers(0, 3, 14, 25));
        assertThat(drain(again.reader("b"), 100)).isEqualTo(numbers(20, 25));
    }

    @Test
    void aBacklogOfManySegmentsComesBackFromTheDiskInOrderWhileMoreComesIn() throws Exception {
        Map<String, String> settings = Map.of("cacheBytes", "64KiB", "groupBytes", "64KiB");
        DurableChannel channel = started(settings);
        int events = 0;
        for (; events < 40_000; events += 1000) {
            put(channel, events, 1000);
        }
        assertThat(drain(channel, 700).subList(0, 40_000)).isEqualTo(numbers(0, 40_000));
        for (; events < 80_000; events += 1000) {
            put(channel, events, 1000);
        }
        assertThat(take(channel, 300)).isEqualTo(numbers(40_000, 40_300));
        channel.close();

        DurableChannel again = started(settings);
        put(again, 80_000, 1000);
        assertThat(drain(again, 900)).isEqualTo(numbers(40_300, 81_000));
    }

    /** Whoever puts a batch into several channels asks all of them first. */
    @Test
    void whatTheLogRefusesAsTooLargeIsKnownBeforeItIsPut() throws Exception {
        DurableChannel channel = started(Map.of());
        int refused = 0;
        for (int bytes = (1 << 20) - 16_000; bytes < (1 << 20) + 2000; bytes += 1000) {
            EventBatch batch = releases.watch(Batches.sized(2, bytes / 2));
            String never = channel.neverFits(batch);
            Throwable failure =
                    channel.submit(batch).handle((done, refusal) -> refusal).get();
            if (never == null) {
                assertThat(failure).as("%d bytes", bytes).isNull();
            } else {
                refused++;
                assertThat(failure).isInstanceOf(BatchTooLargeException.class).hasMessage(never);
                assertThat(never).contains("channel c1: ", "a1.channels.c1.segmentSize");
            }
        }
        assertThat(refused).isBetween(9, 11);
    }

    @Test
    void anInterruptedThreadStillTakesFromTheDiskAndStaysInterrupted() throws Exception {
        DurableChannel channel = started(Map.of("cacheBytes", "0"));
        put(channel, 0, 5);
        put(channel, 5, 5);
        Thread.currentThread().interrupt();
        try (Transaction transaction = channel.begin()) {
            assertThat(Batches.numbers(transaction.take(100))).isEqualTo(numbers(0, 5));
            transaction.commit();
            assertThat(Thread.interrupted()).isTrue();
        } finally {
            Thread.interrupted();
        }

        assertThat(drain(channel, 100)).isEqualTo(numbers(5, 10));
        put(channel, 10, 1);
        assertThat(drain(channel, 100)).isEqualTo(numbers(10, 11));
    }

    @Test
    void aPositionThatIsWaitedForIsThereAfterARestart() throws Exception {
        Map<String, String> settings = Map.of("positionDurability", "always");
        DurableChannel channel = started(settings);
        put(channel, 0, 5);
        take(channel, 2);
        channel.close();

        assertThat(drain(started(settings), 100)).isEqualTo(numbers(2, 5));
    }

    @Test
    void aDirectoryThatAnotherChannelHasIsRefusedWithTheKeyToChange() throws Exception {
        started(Map.of());
        assertThatThrownBy(() -> started(Map.of()))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("channel c1")
                .hasMessageContaining(directory.resolve("one").toString())
                .hasMessageContaining("another channel of this process")
                .hasMessageContaining("a1.channels.c1.dataDirs");
    }

    @Test
    void aDirectoryThatCannotBeMadeIsNamed() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "no directory");
        assertThatThrownBy(() -> started(Map.of("dataDirs", file.toString())))
                .isInstanceOf(StartException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("a1.channels.c1.dataDirs");

        assertThat(drain(started(Map.of()), 1)).as("nothing was left locked").isEmpty();
    }

    @Test
    void filesOfFlumesFileChannelStayAsTheyAre() throws Exception {
        Path old = Files.createDirectories(directory.resolve("one")).resolve("log-7");
        Files.writeString(old, "Flume's");
        Files.writeString(old.resolveSibling("log-7.meta"), "Flume's");
        DurableChannel channel = started(Map.of());
        put(channel, 0, 3);

        assertThat(drain(channel, 10)).isEqualTo(numbers(0, 3));
        assertThat(old).hasContent("Flume's");
        assertThat(FlumeFiles.logsIn(List.of("LOCK", "log-7", "log-7.meta", "log-x", "log.meta")))
                .containsExactly("log-7");
    }

    @Test
    void aChannelThatSaysItIsDurableIsThereAfterACloseWithPutsUnderWay() throws Exception {
        DurableChannel channel = started(Map.of());
        assertThat(channel.isDurable()).isTrue();
        List<CompletableFuture<Void>> submitted = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            submitted.add(channel.submit(numbered(i * 5, 5)));
        }
        channel.close();
        submitted.forEach(CompletableFuture::join);

        assertThat(drain(started(Map.of()), 1000)).isEqualTo(numbers(0, 1000));
    }

    @Test
    void whatASenderSendsAgainAfterARestartIsNotStoredAgain() throws Exception {
        DurableChannel channel = started(Map.of());
        putNumbered(channel, 0, 10);
        channel.close();

        DurableChannel again = started(Map.of());
        putNumbered(again, 5, 10);
        assertThat(drain(again, 100)).isEqualTo(numbers(0, 15));
    }

    @Test
    void anEventHasTheSameNumberForTheNextHopHoweverItIsTaken() throws Exception {
        DurableChannel channel = started(Map.of());
        put(channel, 0, 10);
        Origin first = originOf(channel, 4);
        assertThat(first).isNotNull();
        assertThat(originOf(channel, 7)).as("it was rolled back").isEqualTo(first);
        take(channel, 3);
        assertThat(originOf(channel, 7)).isEqualTo(first.plus(3));
        channel.close();

        DurableChannel again = started(Map.of());
        assertThat(originOf(again, 1)).isEqualTo(first.plus(3));
    }

    @Test
    void readersAreDifferentSendersAndALogThatDoesNotForceIsNone() throws Exception {
        DurableChannel channel = started(Map.of("readers", "a b"));
        put(channel, 0, 10);
        assertThat(originOf(channel.reader("a"), 1)).isNotEqualTo(originOf(channel.reader("b"), 1));
        channel.close();

        DurableChannel again = started(Map.of("durability", "interval"));
        put(again, 10, 1);
        assertThat(originOf(again, 100)).isNull();
    }

    @Test
    void afterARestartAsManyBytesAreInItAsBeforeHoweverDifferentTheEvents() throws Exception {
        DurableChannel channel = started(Map.of("byteCapacity", "8MiB"));
        putSized(channel, 1, 500 << 10);
        for (int i = 0; i < 40; i++) {
            putSized(channel, 1000, 10);
        }
        channel.close();

        DurableChannel again = started(Map.of("byteCapacity", "8MiB"));
        putSized(again, 10, 50 << 10);
        assertThat(again.hasRoom()).as("2.2 of 8 MiB, about").isTrue();
        try (Transaction transaction = again.begin()) {
            transaction.take(1); // the large one
            transaction.commit();
        }
        again.close();

        assertThat(started(Map.of("byteCapacity", "1MiB")).hasRoom())
                .as("half a megabyte came after the many small ones")
                .isFalse();
    }

    /** Each start begins a segment, and what was left of the one before it holds nothing. */
    @Test
    void manyRestartsDoNotFillIt() throws Exception {
        for (int i = 0; i < 6; i++) {
            DurableChannel channel = started(Map.of("byteCapacity", "4MiB"));
            assertThat(channel.hasRoom()).as("after %d restarts", i).isTrue();
            put(channel, 10 * i, 10);
            channel.close();
        }
    }

    private void putSized(DurableChannel channel, int events, int bytes) {
        channel.submit(releases.watch(Batches.sized(events, bytes))).join();
    }

    @Test
    void whatIsAttachedLeavesRoomForPutsOrIsRefused() throws Exception {
        DurableChannel channel = started(Map.of());
        put(channel, 0, 10);
        attach(channel, "k1", 200 << 10);
        attach(channel, "k2", 200 << 10);
        assertThatThrownBy(() -> attach(channel, "k3", 200 << 10))
                .isInstanceOf(ChannelException.class)
                .hasMessageContaining("channel c1: what k3 attaches")
                .hasMessageContaining("at most 524288 bytes in all, half of segmentSize");
        assertThat(channel.attached("k3")).isNull();
        for (int number = 10; number < 100_000; number += 1000) {
            put(channel, number, 1000); // over several segments
        }

        attach(channel, "k1", 0);
        attach(channel, "k3", 200 << 10);
        channel.close();
        DurableChannel again = started(Map.of());
        assertThat(again.attached("k1")).isNull();
        assertThat(again.attached("k2")).hasSize(200 << 10);
        assertThat(again.attached("k3")).hasSize(200 << 10);
        assertThatThrownBy(() -> attach(again, "k1", 200 << 10)).isInstanceOf(ChannelException.class);
        attach(again, "k2", 100 << 10);
        attach(again, "k1", 200 << 10);
    }

    private static void attach(DurableChannel channel, String owner, int bytes) throws InterruptedException {
        try (Transaction transaction = channel.begin()) {
            transaction.attach(owner, new byte[bytes]);
            transaction.commit();
        }
    }

    private void putNumbered(DurableChannel channel, int first, int events) {
        CompletableFuture<Void> stored = channel.submitUnflushed(numbered(first, events), new Origin(SENDER, first));
        channel.flush();
        stored.join();
    }

    private static Origin originOf(ChannelReader reader, int events) {
        try (Transaction transaction = reader.begin()) {
            assertThat(transaction.take(events)).isNotNull();
            return transaction.origin();
        }
    }

    private DurableChannel started(Map<String, String> settings) throws StartException {
        DurableChannel channel =
                DurableChannels.onDisk(directory, new FakeClock(), KEEP_ALIVE, new HashMap<>(settings));
        channel.start();
        channels.add(channel);
        return channel;
    }

    private EventBatch numbered(int first, int events) {
        return releases.watch(Batches.numbered(first, events));
    }

    private void put(DurableChannel channel, int first, int events) {
        channel.submit(numbered(first, events)).join();
    }

    private static List<Integer> take(ChannelReader reader, int maxEvents) throws InterruptedException {
        try (Transaction transaction = reader.begin()) {
            EventBatch batch = transaction.take(maxEvents);
            List<Integer> numbers = batch == null ? List.of() : Batches.numbers(batch);
            transaction.commit();
            return numbers;
        }
    }

    private static List<Integer> drain(ChannelReader reader, int maxEvents) throws InterruptedException {
        List<Integer> all = new ArrayList<>();
        List<Integer> some = take(reader, maxEvents);
        while (!some.isEmpty()) {
            all.addAll(some);
            some = take(reader, maxEvents);
        }
        return all;
    }

    /** From and to, several times. */
    private static List<Integer> numbers(int... ranges) {
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < ranges.length; i += 2) {
            IntStream.range(ranges[i], ranges[i + 1]).forEach(numbers::add);
        }
        return numbers;
    }
}
