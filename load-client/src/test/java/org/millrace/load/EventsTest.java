package org.millrace.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventReader;

/** What is sent, prepared or encoded when asked for, looked at event by event. */
class EventsTest {
    private Instant now = Instant.ofEpochMilli(1_700_000_000_000L);

    @TempDir
    Path dir;

    private record Sent(Map<String, String> headers, String body) {}

    @Test
    void bodiesAreTextOfTheirLength() {
        List<Sent> sent = sent(drawn("200*8,1000"), List.of(), 100, 5);
        assertThat(sent).extracting(event -> event.body().length()).containsOnly(200, 1000);
        assertThat(sent).extracting(Sent::headers).containsOnly(Map.of());
        assertThat(sent.get(0).body())
                .matches("[0-o]+")
                .isNotEqualTo(sent.get(1).body());
    }

    @Test
    void equalSeedsBringEqualEvents() {
        List<String> headers = List.of("host=a,b,c", "id=@zipf:1..9");
        assertThat(sent(drawn("exp:50"), headers, 10, 20)).isEqualTo(sent(drawn("exp:50"), headers, 10, 20));
    }

    @Test
    void drawsAreNotTheSameInEachBatch() {
        try (Events events = PreparedEvents.of(drawn("exp:50"), List.of(), 10)) {
            assertThat(read(events.batch(0, 10))).isNotEqualTo(read(events.batch(10, 10)));
        }
    }

    @Test
    void headersAreInTheOrderTheyWereGiven() {
        Sent first = sent(drawn("3"), List.of("z=last one", "host=web1", "a=1..9"), 2, 1)
                .get(0);
        assertThat(first.headers())
                .containsExactly(Map.entry("z", "last one"), Map.entry("host", "web1"), Map.entry("a", "1"));
    }

    @Test
    void aListIsDrawnByItsWeights() {
        List<Sent> sent = sent(drawn("0"), List.of("host=web1*8,web2,web3"), 1000, 50);
        assertThat(share(sent, "host", "web1")).isCloseTo(0.8, within(0.01));
        assertThat(share(sent, "host", "web2")).isCloseTo(0.1, within(0.01));
    }

    @Test
    void aBackslashTakesTheMeaningAway() {
        Sent first =
                sent(drawn("0"), List.of("a=x\\,y\\*2", "b=\\@now", "c="), 1, 1).get(0);
        assertThat(first.headers()).isEqualTo(Map.of("a", "x,y*2", "b", "@now", "c", ""));
    }

    @Test
    void aCounterGoesOnFromBatchToBatchAndBeginsAgain() {
        List<String> expected = IntStream.range(0, 70)
                .mapToObj(i -> Integer.toString(5 + i % 7))
                .toList();
        assertThat(sent(drawn("0"), List.of("id=5..11"), 10, 7))
                .extracting(e -> e.headers().get("id"))
                .isEqualTo(expected);
    }

    @Test
    void aCounterThatIsTooLongToBePreparedCountsAllTheSame() {
        Bodies bodies = drawn("10");
        List<Header> headers = headers(List.of("id=0..900M"));
        try (Events events = PreparedEvents.of(bodies, headers, 10)) {
            assertThat(events).isInstanceOf(EncodedEvents.class);
            List<Sent> sent = read(events.batch(123_456_780, 10));
            assertThat(sent.get(9).headers()).isEqualTo(Map.of("id", "123456789"));
        }
    }

    @Test
    void aZipfSpreadDrawsTheFirstMostOften() {
        List<Sent> sent = sent(drawn("0"), List.of("user=@zipf:1..100"), 1000, 50);
        double first = share(sent, "user", "1");
        assertThat(first).isCloseTo(1 / 5.187, within(0.01)); // by the hundredth harmonic number
        assertThat(share(sent, "user", "2")).isCloseTo(first / 2, within(0.01));
        assertThat(share(sent(drawn("0"), List.of("user=@random:1..4"), 1000, 50), "user", "4"))
                .isCloseTo(0.25, within(0.01));
    }

    @Test
    void theTimeIsThatOfTheBatch() {
        try (Events events = PreparedEvents.of(drawn("1"), headers(List.of("timestamp=@now", "a=b")), 2)) {
            assertThat(read(events.batch(0, 2)))
                    .extracting(e -> e.headers().get("timestamp"))
                    .containsOnly("1700000000000");
            now = now.plusMillis(5);
            assertThat(read(events.batch(2, 2)))
                    .extracting(e -> e.headers().get("timestamp"))
                    .containsOnly("1700000000005");
        }
    }

    @Test
    void linesGoRoundAndRoundWithoutTheirEnds() throws IOException {
        Path file = Files.write(dir.resolve("lines"), "eins\r\n\nzwei\ndrei".getBytes(StandardCharsets.UTF_8));
        assertThat(sent(LineBodies.read(file, 100), List.of(), 3, 3))
                .extracting(Sent::body)
                .containsExactly("eins", "", "zwei", "drei", "eins", "", "zwei", "drei", "eins");
    }

    @Test
    void linesAreTheBytesOfTheFile() throws IOException {
        byte[] bytes = {(byte) 0xff, 0, (byte) 0x80, '\n'};
        LineBodies lines = LineBodies.read(Files.write(dir.resolve("binary"), bytes), 100);
        assertThat(Arrays.copyOfRange(lines.array(), lines.offset(0), lines.offset(0) + lines.length(0)))
                .containsExactly(0xff, 0, 0x80);
    }

    @Test
    void aFileThatCannotServeIsNamedWithTheReason() throws IOException {
        Path empty = Files.createFile(dir.resolve("empty"));
        Path wide = Files.writeString(dir.resolve("wide"), "a\nabcde\nb\n");
        assertThatThrownBy(() -> LineBodies.read(empty, 9))
                .hasMessage(empty + " is empty (expected: at least one line)");
        assertThatThrownBy(() -> LineBodies.read(wide, 4))
                .hasMessage(wide + ": line 2 has 5 bytes (expected: at most 4)");
        assertThatThrownBy(() -> LineBodies.read(dir, 9)).hasMessage(dir + " is a directory (expected: a file)");
    }

    @Test
    void smallBatchesTakeNoMoreMemoryThanTheirEvents() {
        Set<byte[]> memory = Collections.newSetFromMap(new IdentityHashMap<>());
        try (Events events = PreparedEvents.of(drawn("exp:100"), List.of(), 1)) {
            for (int i = 0; i < DrawnBodies.DRAWS; i++) {
                EventBatch batch = events.batch(i, 1);
                memory.add(batch.reader().array());
                batch.release();
            }
        }
        assertThat(memory.stream().mapToLong(array -> array.length).sum()).isLessThan(32 << 20);
    }

    @Test
    void theLastBatchMayBeShorter() {
        try (Events events = PreparedEvents.of(drawn("1"), headers(List.of("id=1..20")), 10)) {
            assertThat(events).isInstanceOf(PreparedEvents.class);
            assertThat(read(events.batch(10, 3)))
                    .extracting(e -> e.headers().get("id"))
                    .containsExactly("11", "12", "13");
        }
    }

    private Bodies drawn(String sizes) {
        return new DrawnBodies(BodySizes.parse(sizes), new SplittableRandom(1));
    }

    private List<Header> headers(List<String> texts) {
        HeaderParser parser = new HeaderParser(new SplittableRandom(2), () -> now);
        return texts.stream().map(parser::parse).toList();
    }

    private List<Sent> sent(Bodies bodies, List<String> headers, int batchEvents, int batches) {
        List<Sent> sent = new ArrayList<>();
        try (Events events = PreparedEvents.of(bodies, headers(headers), batchEvents)) {
            for (int i = 0; i < batches; i++) {
                sent.addAll(read(events.batch((long) i * batchEvents, batchEvents)));
            }
        }
        return sent;
    }

    private static List<Sent> read(EventBatch batch) {
        List<Sent> sent = new ArrayList<>();
        EventReader reader = batch.reader();
        while (reader.next()) {
            sent.add(new Sent(reader.headers(), new String(reader.body(), StandardCharsets.UTF_8)));
        }
        batch.release();
        return sent;
    }

    private static double share(List<Sent> sent, String header, String value) {
        return sent.stream()
                        .filter(event -> value.equals(event.headers().get(header)))
                        .count()
                / (double) sent.size();
    }
}
