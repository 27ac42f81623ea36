package org.millrace.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.codec.AvroReference.Event;

class BatchScannerTest {
    private static final long SEED = 20_261_123;
    private static final List<Event> SOME = List.of(
            new Event(Map.of("host", "web01", "k", "v"), "first event"),
            new Event(Map.of(), ""),
            new Event(Map.of("", ""), "x".repeat(200)));

    private final BatchScanner scanner = new BatchScanner(new CodecLimits(1 << 20, 100, 10, 400, 10));

    @ParameterizedTest(name = "in blocks: {0}")
    @ValueSource(booleans = {false, true})
    void batchesHoldWhatAvroWrote(boolean inBlocks) {
        Random random = new Random(SEED);
        for (int round = 0; round < 2000; round++) {
            List<Event> events = AvroReference.randomEvents(random);
            EventBatch batch = roomyScanner().scanArray(heap(AvroReference.encode(events, inBlocks)));

            assertThat(read(batch)).as("seed %s, round %s", SEED, round).isEqualTo(events);
            assertThat(batch.events()).isEqualTo(events.size());
            assertThat(batch.bodyBytes()).isEqualTo(bodyBytes(events));
            batch.release();
        }
    }

    @Test
    void batchIsAnArrayForAvroOnceCountAndEndAreAdded() throws IOException {
        Random random = new Random(SEED);
        for (int round = 0; round < 500; round++) {
            List<Event> events = AvroReference.randomEvents(random);
            EventBatch batch = roomyScanner().scanArray(heap(AvroReference.encode(events, true)));

            assertThat(AvroReference.decode(asArray(batch))).isEqualTo(events);
            batch.release();
        }
    }

    /** Whatever the bytes: they are refused, or they are a batch that reads as Avro reads it, and nothing else happens. */
    @Test
    void damagedBytesAreRefusedOrReadAsAvroReadsThem() throws IOException {
        Random random = new Random(SEED);
        int refused = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = AvroReference.encode(AvroReference.randomEvents(random), random.nextBoolean());
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            ByteBuf in = heap(bytes.clone());
            EventBatch batch;
            try {
                batch = roomyScanner().scanArray(in);
            } catch (MalformedException e) {
                refused++;
                assertThat(in.refCnt()).isZero();
                continue;
            }
            List<Event> read = read(batch);
            assertThat(read).hasSize(batch.events());
            assertThat(read).as("seed %s, round %s", SEED, round).isEqualTo(AvroReference.decode(bytes));
            batch.release();
        }
        assertThat(refused).isBetween(1000, 19_000);
    }

    @ParameterizedTest(name = "cut at byte {0}")
    @MethodSource("everyCut")
    void arrayCutShortIsRefusedAndItsMemoryGivenBack(int cut) {
        ByteBuf in = heap(Arrays.copyOf(AvroReference.encode(SOME, false), cut));

        assertThatThrownBy(() -> roomyScanner().scanArray(in)).isInstanceOf(MalformedException.class);
        assertThat(in.refCnt()).isZero();
    }

    static IntStream everyCut() {
        return IntStream.range(0, AvroReference.encode(SOME, false).length);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bogusNumbers")
    void bogusNumberIsRefusedWhereverItStands(long bogus) {
        assertRefused(numbers(bogus)); // the array's count
        assertRefused(numbers(1, bogus)); // the map's
        assertRefused(numbers(1, 1, bogus)); // a name's length
        assertRefused(numbers(1, 1, 0, bogus)); // a value's
        assertRefused(numbers(1, 0, bogus)); // the body's
        assertRefused(numbers(-1, bogus, 0, 0, 0)); // a block's size
        assertRefused(numbers(1, -1, bogus, 0, 0, 0, 0)); // the map's block's size
    }

    static LongStream bogusNumbers() {
        return LongStream.of(
                100,
                Integer.MAX_VALUE,
                Integer.MAX_VALUE + 1L,
                -100,
                Integer.MIN_VALUE,
                Integer.MIN_VALUE - 1L,
                Long.MAX_VALUE,
                Long.MIN_VALUE);
    }

    @Test
    void numberOfElevenBytesIsRefused() {
        byte[] bytes = new byte[30];
        Arrays.fill(bytes, (byte) 0x80);

        assertThatThrownBy(() -> scanner.scanArray(heap(bytes)))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("more than 10 bytes");
    }

    @Test
    void blockWhoseSizeIsNotWhatItsItemsTakeIsRefused() {
        EventBatch good = scanner.scanArray(heap(numbers(-1, 2, 0, 0, 0)));
        assertThat(good.events()).isEqualTo(1);
        good.release();

        assertRefused(numbers(-1, 1, 0, 0, 0));
        assertRefused(numbers(1, -1, 1, 0, 0, 0, 0, 0));
    }

    @Test
    void bytesBehindTheArrayAreLeftOut() {
        EventBatch batch = scanner.scanArray(heap(numbers(1, 0, 0, 0, 7, 7, 7)));

        assertThat(batch.encodedBytes()).isEqualTo(2);
        batch.release();
    }

    @Test
    void emptyArrayIsAnEmptyBatch() {
        EventBatch batch = scanner.scanArray(heap(numbers(0)));

        assertThat(batch.isEmpty()).isTrue();
        assertThat(batch.encodedBytes()).isZero();
        assertThat(batch.reader().next()).isFalse();
        batch.release();
    }

    @Test
    void singleEventNeedsNoArrayAroundIt() {
        EventBatch batch = scanner.scanSingle(heap(numbers(0, 0)));

        assertThat(batch.events()).isEqualTo(1);
        batch.release();
    }

    @Test
    void lastOfTwoHeadersOfOneNameCounts() {
        ByteBuf in = Unpooled.buffer();
        in.writeBytes(numbers(1, 2, 1)).writeByte('k');
        in.writeBytes(numbers(1)).writeByte('a');
        in.writeBytes(numbers(1)).writeByte('k');
        in.writeBytes(numbers(1)).writeByte('b');
        in.writeBytes(numbers(0, 0, 0));

        EventBatch batch = scanner.scanArray(in);
        EventReader event = batch.reader();
        assertThat(event.next()).isTrue();
        assertThat(event.header(HeaderName.of("k"))).isEqualTo("b");
        assertThat(event.headers()).containsExactly(Map.entry("k", "b"));
        batch.release();
    }

    @Test
    void limitsAreNamed() {
        assertLimit("maxBatchEvents", numbers(11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
        assertLimit(
                "maxBatchEvents", numbers(6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
        assertLimit(
                "maxHeaderBytes", AvroReference.encode(List.of(new Event(Map.of("k", "v".repeat(400)), "")), false));
    }

    private static BatchScanner roomyScanner() {
        return new BatchScanner(CodecLimits.DEFAULT);
    }

    private void assertRefused(byte[] bytes) {
        ByteBuf in = heap(bytes);
        assertThatThrownBy(() -> scanner.scanArray(in)).isInstanceOf(MalformedException.class);
        assertThat(in.refCnt()).isZero();
    }

    private void assertLimit(String limit, byte[] bytes) {
        assertThatThrownBy(() -> scanner.scanArray(heap(bytes)))
                .isInstanceOfSatisfying(
                        LimitExceededException.class, e -> assertThat(e.limit()).isEqualTo(limit));
    }

    private static byte[] numbers(long... numbers) {
        ByteBuf out = Unpooled.buffer();
        for (long number : numbers) {
            Varints.write(out, number);
        }
        return ByteBufUtil.getBytes(out);
    }

    private static ByteBuf heap(byte[] bytes) {
        return BatchMemory.allocate(bytes.length).writeBytes(bytes);
    }

    private static byte[] asArray(EventBatch batch) {
        ByteBuf out = Unpooled.buffer();
        if (!batch.isEmpty()) {
            Varints.write(out, batch.events());
        }
        ByteBuf bytes = BatchBuffers.retainedBytes(batch);
        out.writeBytes(bytes).writeByte(0);
        bytes.release();
        return ByteBufUtil.getBytes(out);
    }

    private static List<Event> read(EventBatch batch) {
        List<Event> events = new ArrayList<>();
        EventReader event = batch.reader();
        while (event.next()) {
            events.add(new Event(event.headers(), new String(event.body(), StandardCharsets.UTF_8)));
        }
        return events;
    }

    private static long bodyBytes(List<Event> events) {
        return events.stream()
                .mapToLong(event -> event.body().getBytes(StandardCharsets.UTF_8).length)
                .sum();
    }
}
