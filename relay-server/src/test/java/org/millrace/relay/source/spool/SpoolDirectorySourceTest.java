package org.millrace.relay.source.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.api.SourceContext;
import org.millrace.api.SourceMetrics;
import org.millrace.api.StartException;
import org.millrace.relay.source.spool.SpoolDirectorySource.Pace;
import org.millrace.relay.source.spool.SpoolSettings.Completion;
import org.millrace.relay.source.spool.SpoolSettings.Marking;

class SpoolDirectorySourceTest {
    private static final Pace QUICK = new Pace(3, Duration.ofMillis(5), Duration.ofMillis(5));

    @TempDir
    Path temporary;

    private final RecordingInlet inlet = new RecordingInlet();
    private final SourceMetrics metrics = new SourceMetrics("r1", new MetricRegistry());
    private final List<SpoolDirectorySource> started = new ArrayList<>();
    private SpoolDirectory spool;

    @BeforeEach
    void makeDirectory() throws IOException {
        spool = new SpoolDirectory(Files.createDirectory(temporary.resolve("spool")));
    }

    @AfterEach
    void closeSources() {
        inlet.gate.countDown();
        started.forEach(SpoolDirectorySource::close);
    }

    @Test
    void filesThatArriveAreHandedOverInBatchesAndCounted() throws StartException {
        spool.put("a", "1\n2\n3\n4\n");
        start(QUICK);
        await().until(() -> inlet.events.size() == 4);
        spool.put("b", "5\n");
        await().until(() -> spool.names().equals(List.of("a.COMPLETED", "b.COMPLETED")));

        assertThat(inlet.texts()).containsExactly("1", "2", "3", "4", "5");
        assertThat(inlet.batches).containsExactly(3, 1, 1);
        assertThat(metrics.eventsReceived.getCount()).isEqualTo(5);
        assertThat(metrics.eventsAccepted.getCount()).isEqualTo(5);
        assertThat(metrics.appendBatchesReceived.getCount()).isEqualTo(3);
        assertThat(metrics.appendBatchesAccepted.getCount()).isEqualTo(3);
        assertThat(metrics.eventReadFails.getCount()).isZero();
    }

    @Test
    void aBatchThatIsRefusedIsPutAgainUntilItIsTaken() throws StartException {
        spool.put("a", "1\n2\n3\n4\n");
        inlet.refusalsLeft.set(4);
        start(QUICK);
        await().until(() -> spool.names().equals(List.of("a.COMPLETED")));

        assertThat(inlet.texts()).containsExactly("1", "2", "3", "4");
        assertThat(inlet.puts).hasValue(6);
        assertThat(metrics.channelWriteFails.getCount()).isEqualTo(4);
        assertThat(metrics.eventsReceived.getCount()).isEqualTo(4);
        assertThat(metrics.eventsAccepted.getCount()).isEqualTo(4);
    }

    @Test
    void whatAnInterceptorThrowsLosesNoEvent() throws StartException {
        spool.put("a", "1\n");
        inlet.refusal = () -> new IllegalStateException("interceptor");
        inlet.refusalsLeft.set(2);
        start(QUICK);
        await().until(() -> !inlet.events.isEmpty());

        assertThat(inlet.texts()).containsExactly("1");
        assertThat(metrics.genericFails.getCount()).isEqualTo(2);
        assertThat(metrics.channelWriteFails.getCount()).isZero();
    }

    @Test
    void aStopWhileTheChannelsRefuseLeavesTheBatchForTheNextRun() throws StartException {
        spool.put("a", "1\n2\n3\n4\n");
        inlet.refusalsLeft.set(Integer.MAX_VALUE);
        SpoolDirectorySource refused = start(new Pace(2, Duration.ofMillis(5), Duration.ofHours(1)));
        await().until(() -> metrics.channelWriteFails.getCount() > 0);
        refused.close();
        assertThat(inlet.events).isEmpty();

        inlet.refusalsLeft.set(0);
        start(QUICK);
        await().until(() -> inlet.events.size() >= 4);
        assertThat(inlet.texts()).containsExactly("1", "2", "3", "4");
    }

    @Test
    void aStopWaitsForThePutUnderWaySoThatNothingComesTwice() throws Exception {
        spool.put("a", "1\n2\n3\n4\n");
        inlet.gate = new CountDownLatch(1);
        SpoolDirectorySource source = start(new Pace(2, Duration.ofMillis(5), Duration.ofMillis(5)));
        await().until(() -> inlet.puts.get() == 1);
        Thread closing = new Thread(source::close);
        closing.start();
        await().until(() -> closing.getState() == Thread.State.TIMED_WAITING);
        inlet.gate.countDown();
        closing.join();

        assertThat(inlet.texts()).containsExactly("1", "2");
        start(QUICK);
        await().until(() -> inlet.events.size() >= 4);
        assertThat(inlet.texts()).containsExactly("1", "2", "3", "4");
    }

    @Test
    void aLongPollDelayDoesNotHoldUpAStop() throws StartException {
        SpoolDirectorySource idle = start(new Pace(1, Duration.ofHours(1), Duration.ofHours(1)));
        idle.close();
        idle.close();
        assertThat(metrics.flumeAttributes().get("StopTime").getValue()).isNotEqualTo(0L);
    }

    @Test
    void aBadFileIsCountedAndTheOthersGoOn() throws StartException {
        spool.put("bad", new byte[] {(byte) 0xFF, '\n'});
        spool.put("good", "1\n");
        start(QUICK);
        await().until(() -> spool.names().equals(List.of("bad", "good.COMPLETED")));

        assertThat(inlet.texts()).containsExactly("1");
        assertThat(metrics.eventReadFails.getCount()).isEqualTo(1);
        assertThat(metrics.counter("filesSetAside").getCount()).isEqualTo(1);
    }

    @Test
    void aBatchThatIsTooLargeForAChannelIsPutInParts() throws StartException {
        spool.put("a", "1234567\n2345678\n3456789\n");
        inlet.mostBytes = 20;
        start(QUICK);
        await().until(() -> spool.names().equals(List.of("a.COMPLETED")));

        assertThat(inlet.texts()).containsExactly("1234567", "2345678", "3456789");
        assertThat(inlet.batches).containsExactly(2, 1);
        assertThat(metrics.eventsAccepted.getCount()).isEqualTo(3);
        assertThat(metrics.appendBatchesAccepted.getCount()).isEqualTo(1);
    }

    @Test
    void aFileWithAnEventThatNoChannelCanTakeIsSetAsideAndTheOthersGoOn() throws StartException {
        spool.put("bad", "1\n2\n3\n4\nlong\n5\n");
        spool.put("good", "6\n");
        inlet.mostBytes = 5;
        start(new Pace(1, Duration.ofMillis(5), Duration.ofMillis(5)));
        await().until(() -> spool.names().equals(List.of("bad", "good.COMPLETED")));

        assertThat(inlet.texts()).containsExactly("1", "2", "3", "4", "6");
        assertThat(spool.quarantineFile()).content().contains("bad", "\"offset\" : 8", "at once");
        assertThat(metrics.counter("filesSetAside").getCount()).isEqualTo(1);
    }

    @Test
    void whatIsPutInFrontOfAnEventThatNoChannelCanTakeComesOnce() throws StartException {
        spool.put("bad", "1\n2\n3\n4\nlonger\n5\n");
        spool.put("good", "6\n");
        inlet.mostBytes = 7;
        SpoolDirectorySource first = start(new Pace(6, Duration.ofMillis(5), Duration.ofMillis(5)));
        await().until(() -> spool.names().equals(List.of("bad", "good.COMPLETED")));
        assertThat(spool.quarantineFile()).content().contains("bad", "\"offset\" : 8", "at once");

        first.close();
        inlet.mostBytes = Integer.MAX_VALUE;
        start(QUICK);
        await().until(() -> spool.names().equals(List.of("bad.COMPLETED", "good.COMPLETED")));
        assertThat(inlet.texts()).containsExactly("1", "2", "3", "4", "6", "longer", "5");
    }

    @Test
    void aStopBetweenTwoPartsOfABatchMakesNothingComeTwice() throws StartException {
        spool.put("a", "1\n2\n3\n4\n");
        inlet.mostBytes = 7;
        inlet.refusalsFrom = 3; // the whole is too large, its first half goes in
        SpoolDirectorySource refused = start(new Pace(4, Duration.ofMillis(5), Duration.ofHours(1)));
        await().until(() -> inlet.puts.get() >= 3);
        refused.close();
        assertThat(inlet.texts()).containsExactly("1", "2");

        inlet.refusalsFrom = Integer.MAX_VALUE;
        start(QUICK);
        await().until(() -> spool.names().equals(List.of("a.COMPLETED")));
        assertThat(inlet.texts()).containsExactly("1", "2", "3", "4");
    }

    @Test
    void aDirectoryThatIsMissingFailsTheStartAndNamesTheSource() {
        SpoolSettings missing = SpoolSettings.of(temporary.resolve("missing"));
        SpoolDirectorySource source = new SpoolDirectorySource(context(), missing, QUICK);
        assertThatThrownBy(source::start)
                .isInstanceOf(StartException.class)
                .hasMessageContainingAll("r1", "missing", "create it");
        source.close();
    }

    @Test
    void aSecondSourceWithTheSameTrackerFailsTheStartAndHarmsNothing() throws StartException {
        spool.put("a", "1\n2\n");
        inlet.refusalsLeft.set(Integer.MAX_VALUE);
        SpoolDirectorySource first = start(new Pace(1, Duration.ofMillis(5), Duration.ofHours(1)));
        SpoolDirectorySource second = new SpoolDirectorySource(context(), spool.settings(), QUICK);
        assertThatThrownBy(second::start)
                .isInstanceOf(StartException.class)
                .hasMessageContainingAll("r1", "trackerDir", ".flumespool", "in use");
        second.close();
        first.close();
        inlet.refusalsLeft.set(0);
        start(QUICK);
        await().until(() -> spool.names().equals(List.of("a.COMPLETED")));
        assertThat(inlet.texts()).containsExactly("1", "2");
    }

    @Test
    void aFileThatCannotBeMarkedIsCountedAndMarkedLater() throws Exception {
        spool.put("a", "1\n");
        Path tracker = temporary.resolve("tracker");
        SpoolSettings settings =
                spool.settings().withCompletion(new Completion(".COMPLETED", false, Marking.TRACKER_DIR, tracker));
        inlet.gate = new CountDownLatch(1);
        start(settings, QUICK);
        await().until(() -> inlet.puts.get() == 1);
        Files.delete(tracker.resolve(Surroundings.LOCK_NAME));
        Files.delete(tracker);
        Files.createFile(tracker);
        inlet.gate.countDown();
        await().until(() -> metrics.eventReadFails.getCount() > 0);
        assertThat(filesWaiting()).isEqualTo(1);

        Files.delete(tracker);
        await().until(() -> Files.exists(tracker.resolve("a.COMPLETED")));
        await().until(() -> filesWaiting() == 0);
        assertThat(inlet.texts()).containsExactly("1");
        assertThat(metrics.counter("filesSetAside").getCount()).isZero();
    }

    @Test
    void aBigFileArrivesWholeAndInOrder() throws StartException {
        List<String> lines = IntStream.range(0, 200_000)
                .mapToObj(i -> "line " + i + " äöü€😀".repeat(i % 7))
                .toList();
        spool.put("big", String.join("\n", lines) + "\n");
        start(new Pace(1000, Duration.ofMillis(5), Duration.ofMillis(5)));
        await().until(() -> spool.names().equals(List.of("big.COMPLETED")));
        assertThat(inlet.texts()).isEqualTo(lines);
    }

    private int filesWaiting() {
        return (int)
                metrics.registry().getGauges().get("source.r1.filesWaiting").getValue();
    }

    private SpoolDirectorySource start(Pace pace) throws StartException {
        return start(spool.settings(), pace);
    }

    private SpoolDirectorySource start(SpoolSettings settings, Pace pace) throws StartException {
        SpoolDirectorySource source = new SpoolDirectorySource(context(), settings, pace);
        source.start();
        started.add(source);
        return source;
    }

    private SourceContext context() {
        return new SourceContext("a1", "r1", inlet, metrics, InstantSource.system());
    }
}
