package org.millrace.api.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.millrace.api.DeliveryException;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.codec.EventReader;

class DeadLettersTest {
    private static final String FIRST_FILE = "a1.k1.1700000000000.avro";

    @TempDir
    private Path directory;

    private final MetricRegistry registry = new MetricRegistry();
    private final FaultyDisk disk = new FaultyDisk();
    private Instant now = Instant.ofEpochSecond(1_700_000_000);
    private DeadLetters dead;

    @BeforeEach
    void make() {
        dead = deadLetters(1 << 20, 1 << 30);
    }

    @AfterEach
    void close() {
        disk.failing = FaultyDisk.Op.NONE;
        dead.close();
    }

    private DeadLetters deadLetters(long rollBytes, long maxBytes) {
        LetterFileSettings settings =
                new LetterFileSettings(true, directory, rollBytes, Duration.ofMinutes(10), maxBytes);
        LetterFiles files = new LetterFiles(settings, "a1", "k1", () -> now, disk, new SplittableRandom(1));
        return new DeadLetters(
                "k1",
                new DeadLetterSettings(true, 3, settings, null),
                files,
                () -> now,
                registry.counter("deadLetteredEvents"));
    }

    @Test
    void eventsKeepTheirBytesAndSayWhatHappened() throws Exception {
        refuse("b\u0001 ad", Map.of("h", "v", "deadLetter.sink", "an earlier one"), "no\nschema");
        dead.settle();
        assertThat(dead.committed()).isEqualTo(1);
        dead.close();

        assertThat(records()).singleElement().satisfies(event -> {
            assertThat(event.body()).isEqualTo("b\u0001 ad");
            assertThat(event.headers())
                    .containsExactlyInAnyOrderEntriesOf(Map.of(
                            "h", "v",
                            "deadLetter.reason", "no schema",
                            "deadLetter.sink", "k1",
                            "deadLetter.time", "1700000000000",
                            "deadLetter.tries", "1"));
        });
        assertThat(names()).containsExactly(FIRST_FILE);
        assertThat(registry.counter("deadLetteredEvents").getCount()).isEqualTo(1);
    }

    @Test
    void eventsAreOnDiskBeforeTheTransactionMayCommit() throws Exception {
        refuse("x");
        dead.settle();

        assertThat(names()).containsExactly(FIRST_FILE + ".tmp");
        assertThat(records()).extracting(Event::body).containsExactly("x");
    }

    @Test
    void anEventThatMayHealFailsItsTurnUntilItHasHadItsTries() throws Exception {
        for (int turn = 1; turn < 3; turn++) {
            refuse("well", true);
            refuse("well", true); // looks the same: it does not use up the other's tries
            assertThatThrownBy(dead::settle)
                    .isInstanceOf(DeliveryException.class)
                    .hasMessageContaining("reason of well")
                    .hasMessageContaining("try " + turn + " of 3");
            dead.rolledBack();
        }
        assertThat(names()).isEmpty();

        refuse("well", true);
        refuse("well", true);
        dead.settle();
        dead.committed();
        dead.close();

        assertThat(records())
                .hasSize(2)
                .allSatisfy(event -> assertThat(event.headers()).containsEntry("deadLetter.tries", "3"));
    }

    @Test
    void anEventThatGoesBackWhileOthersAreCommittedIsADeadLetterAfterItsTries() throws Exception {
        for (int turn = 1; turn < 3; turn++) {
            assertThat(fails("lost")).isFalse();
            dead.settle();
            assertThat(dead.committed()).isZero();
        }
        assertThat(fails("another")).isFalse();
        assertThat(fails("lost")).isTrue();
        dead.settle();
        assertThat(dead.committed()).isEqualTo(1);
        dead.close();

        assertThat(records()).singleElement().satisfies(event -> {
            assertThat(event.body()).isEqualTo("lost");
            assertThat(event.headers()).containsEntry("deadLetter.tries", "3");
        });
    }

    @Test
    void triesOfAnEventThatGoesBackOutliveARollback() throws Exception {
        for (int turn = 1; turn < 3; turn++) {
            assertThat(fails("lost")).isFalse();
            dead.rolledBack();
        }
        assertThat(fails("lost")).isTrue();
        dead.rolledBack();
        assertThat(names()).isEmpty();
        assertThat(fails("lost")).isTrue();
    }

    private boolean fails(String body) {
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            EventBatch batch =
                    builder.add(Map.of(), body.getBytes(StandardCharsets.UTF_8)).build();
            EventReader event = batch.reader();
            event.next();
            boolean isLost = dead.failed(event, "the server answers 400");
            batch.release();
            return isLost;
        }
    }

    @Test
    void anEventThatHealsIsNoDeadLetter() throws Exception {
        refuse("heals", true);
        assertThatThrownBy(dead::settle).isInstanceOf(DeliveryException.class);
        dead.rolledBack();

        dead.settle();
        assertThat(dead.committed()).isZero();
        dead.close();

        assertThat(names()).isEmpty();
        assertThat(registry.counter("deadLetteredEvents").getCount()).isZero();
    }

    @Test
    void aHopelessEventWaitsForOneThatMayHeal() throws Exception {
        refuse("hopeless");
        refuse("may heal", true);
        assertThatThrownBy(dead::settle).hasMessageContaining("reason of may heal");
        dead.rolledBack();

        refuse("hopeless");
        dead.settle();
        dead.committed();
        dead.close();

        assertThat(records()).extracting(Event::body).containsExactly("hopeless");
    }

    @Test
    void eventsOfATurnThatCameToNothingAreTakenOutAgain() throws Exception {
        refuse("first");
        dead.settle();
        dead.rolledBack();
        assertThat(names()).isEmpty();

        turn("first");
        refuse("second");
        dead.settle();
        dead.rolledBack();
        turn("second", "third");
        dead.close();

        assertThat(records()).extracting(Event::body).containsExactly("first", "second", "third");
    }

    @ParameterizedTest
    @EnumSource(value = FaultyDisk.Op.class, names = "NONE", mode = Mode.EXCLUDE)
    void whileTheDiskFailsNothingIsDroppedAndNothingIsDoubled(FaultyDisk.Op failing) throws Exception {
        turn("before");
        disk.failing = failing;
        List<String> waiting = new ArrayList<>(List.of("a", "b"));
        for (int i = 0; i < 3; i++) {
            if (tryTurn(waiting)) {
                waiting = new ArrayList<>(List.of("c" + i));
            }
            now = now.plusSeconds(600); // so that files are to be begun and renamed as well
        }
        disk.failing = FaultyDisk.Op.NONE;
        assertThat(tryTurn(waiting)).isTrue();
        dead.close();
        dead = deadLetters(1 << 20, 1 << 30); // what could not be finished then is finished now
        dead.start();

        List<String> bodies = records().stream().map(Event::body).toList();
        assertThat(bodies).doesNotHaveDuplicates().contains("before", "a", "b").containsAll(waiting);
        assertThat(bodies).hasSize((int) registry.counter("deadLetteredEvents").getCount());
        assertThat(names()).allMatch(name -> name.endsWith(".avro"));
    }

    private boolean tryTurn(List<String> bodies) {
        bodies.forEach(this::refuse);
        try {
            dead.settle();
            dead.committed();
            return true;
        } catch (DeliveryException e) {
            assertThat(e).hasMessageContaining(directory.toString()).hasMessageContaining("nothing is dropped");
            return false;
        } finally {
            dead.rolledBack();
        }
    }

    @Test
    void withTooManyDeadLettersItWaitsUntilSomeAreTakenAway() throws Exception {
        dead = deadLetters(1 << 10, 3 << 10);
        turn("x".repeat(1500));
        now = now.plusSeconds(1);
        refuse("y".repeat(800));
        assertThatThrownBy(dead::settle)
                .cause()
                .hasMessageContaining("deadLetter.maxBytes is 3072")
                .hasMessageContaining("feed them back");
        dead.rolledBack();

        Files.delete(directory.resolve(FIRST_FILE));
        turn("y".repeat(800));
        dead.close();
        assertThat(records()).extracting(Event::body).containsExactly("y".repeat(800));
    }

    @Test
    void filesAreFinishedBySizeAndByAge() throws Exception {
        dead = deadLetters(1 << 10, 1 << 30);
        turn("x".repeat(1500));
        turn("y");
        assertThat(names()).containsExactly(FIRST_FILE, "a1.k1.1700000000001.avro.tmp");

        now = now.plus(Duration.ofMinutes(10));
        dead.finishDue();
        assertThat(names()).containsExactly(FIRST_FILE, "a1.k1.1700000000001.avro");
    }

    @Test
    void aClockThatStepsBackMakesNoNameTwice() throws Exception {
        turn("x");
        dead.close();
        now = now.minusSeconds(3600);
        turn("y");
        now = now.minusSeconds(3600);
        dead.finishDue(); // else it would stay open an hour longer
        assertThat(names()).allMatch(name -> name.endsWith(".avro"));
        dead.close();
        now = now.plusSeconds(7200);
        turn("z");
        dead.close();

        assertThat(names()).hasSize(3);
        assertThat(records()).extracting(Event::body).containsExactlyInAnyOrder("x", "y", "z");
    }

    @Test
    void whatACrashLeavesIsCutToItsLastWholeBlockAndFinished() throws Exception {
        turn("one");
        turn("two");
        byte[] whole = Files.readAllBytes(directory.resolve(FIRST_FILE + ".tmp"));
        int firstTurn = whole.length - block("two");
        dead.close();
        Files.delete(directory.resolve(FIRST_FILE));

        for (int cut = 0; cut <= whole.length; cut++) {
            Path left = directory.resolve(FIRST_FILE + ".tmp");
            Files.write(left, Arrays.copyOf(whole, cut));
            DeadLetters next = deadLetters(1 << 20, 1 << 30);
            next.start();
            next.close();

            List<String> expected =
                    cut == whole.length ? List.of("one", "two") : cut >= firstTurn ? List.of("one") : List.<String>of();
            assertThat(records()).as("cut at %d", cut).extracting(Event::body).isEqualTo(expected);
            assertThat(names()).hasSize(expected.isEmpty() ? 0 : 1).allMatch(name -> name.endsWith(".avro"));
            Files.deleteIfExists(directory.resolve(FIRST_FILE));
        }
    }

    /** Bytes of a block with the one event. */
    private int block(String body) throws IOException {
        long before = Files.size(directory.resolve(FIRST_FILE + ".tmp"));
        refuse(body);
        try {
            dead.settle();
        } catch (DeliveryException e) {
            throw new IOException(e);
        }
        long after = Files.size(directory.resolve(FIRST_FILE + ".tmp"));
        dead.rolledBack();
        return (int) (after - before);
    }

    @Test
    void filesOfOtherSinksAreLeftAlone() throws Exception {
        Path other = Files.writeString(directory.resolve("a1.k10.1.avro.tmp"), "not ours");
        Path stranger = Files.writeString(directory.resolve("a1.k1.notes.avro.tmp"), "not ours");
        dead.start();
        turn("x");
        assertThat(other).exists();
        assertThat(stranger).exists();
    }

    @Test
    void aThousandEventsAreWrittenInBlocksThatReadersCanHold() throws Exception {
        String[] bodies = new String[1000];
        for (int i = 0; i < bodies.length; i++) {
            bodies[i] = i + "-" + "x".repeat(i);
        }
        turn(bodies);
        dead.close();
        assertThat(records()).extracting(Event::body).containsExactly(bodies);

        List<String> read = new ArrayList<>();
        int blocks = 0;
        try (EventContainerReader reader = EventContainerReader.open(directory.resolve(FIRST_FILE))) {
            for (EventBatch block; (block = reader.next()) != null; blocks++) {
                EventReader event = block.reader();
                while (event.next()) {
                    read.add(new String(event.body(), StandardCharsets.UTF_8));
                }
                block.release();
            }
        }
        assertThat(read).containsExactly(bodies);
        assertThat(blocks).isGreaterThan(1);
    }

    private void turn(String... bodies) throws DeliveryException {
        for (String body : bodies) {
            refuse(body);
        }
        dead.settle();
        dead.committed();
        dead.rolledBack();
        dead.finishDue();
    }

    private void refuse(String body) {
        refuse(body, false);
    }

    private void refuse(String body, boolean mayHeal) {
        refuse(body, Map.of(), "reason of " + body, mayHeal);
    }

    private void refuse(String body, Map<String, String> headers, String reason) {
        refuse(body, headers, reason, false);
    }

    private void refuse(String body, Map<String, String> headers, String reason, boolean mayHeal) {
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            EventBatch batch =
                    builder.add(headers, body.getBytes(StandardCharsets.UTF_8)).build();
            EventReader event = batch.reader();
            event.next();
            dead.refuse(event, reason, mayHeal);
            batch.release();
        }
    }

    private record Event(Map<String, String> headers, String body) {}

    /** All that Avro's own reader finds. */
    private List<Event> records() throws IOException {
        List<Event> events = new ArrayList<>();
        for (String name : names()) {
            try (DataFileReader<GenericRecord> file =
                    new DataFileReader<>(directory.resolve(name).toFile(), new GenericDatumReader<>())) {
                for (GenericRecord event : file) {
                    Map<String, String> headers = new LinkedHashMap<>();
                    ((Map<?, ?>) event.get("headers")).forEach((key, value) -> headers.put(key.toString(), "" + value));
                    ByteBuffer body = (ByteBuffer) event.get("body");
                    events.add(new Event(
                            headers, StandardCharsets.UTF_8.decode(body).toString()));
                }
            }
        }
        return events;
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
