package org.millrace.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.millrace.codec.AvroReference.Event;

class HeaderEditTest {
    private static final long SEED = 7;
    private static final String[] NAMES = {"timestamp", "host", "k", ""};

    @Test
    void missingHeaderIsAddedAndOthersStay() {
        assertThat(edited(Map.of("k", "v"), edit("host", "web01", false))).isEqualTo(Map.of("k", "v", "host", "web01"));
    }

    @Test
    void presentHeaderIsReplacedUnlessItIsToBePreserved() {
        Map<String, String> before = Map.of("k", "v", "host", "old");

        assertThat(edited(before, edit("host", "new", false))).isEqualTo(Map.of("k", "v", "host", "new"));
        assertThat(edited(before, edit("host", "new", true))).isEqualTo(before);
    }

    @Test
    void everyCopyOfAHeaderIsReplaced() {
        EventBatch twice = batchOf(List.of(new Event(Map.of("k", "1"), "b")));
        twice = prepend(twice, "k", "2");

        EventBatch after = HeaderEdit.apply(List.of(edit("k", "3", false)), twice);

        EventReader event = after.reader();
        assertThat(event.next()).isTrue();
        assertThat(event.header(HeaderName.of("k"))).isEqualTo("3");
        assertThat(event.headers()).containsExactly(Map.entry("k", "3"));
        after.release();
    }

    @Test
    void onePassOfManyEditsDoesWhatTheyDoOneAfterTheOther() {
        Random random = new Random(SEED);
        for (int round = 0; round < 3000; round++) {
            List<Event> events = randomEvents(random);
            List<HeaderEdit> edits = randomEdits(random);

            EventBatch after = HeaderEdit.apply(edits, batchOf(events));

            assertThat(read(after))
                    .as("seed %s, round %s: %s", SEED, round, edits)
                    .isEqualTo(expected(events, edits));
            assertThat(after.events()).isEqualTo(events.size());
            after.release();
        }
    }

    @Test
    void editedBatchIsStillWhatTheScannerTakes() {
        EventBatch batch = batchOf(List.of(new Event(Map.of("host", "old"), "one"), new Event(Map.of(), "two")));
        EventBatch after = HeaderEdit.apply(List.of(edit("host", "h", false), edit("k", "v", true)), batch);

        ByteBuf run = BatchBuffers.retainedBytes(after);
        BatchScanner scanner = new BatchScanner(CodecLimits.DEFAULT);
        EventBatch first = scanner.scanSingle(run);
        assertThat(read(first)).containsExactly(new Event(Map.of("host", "h", "k", "v"), "one"));
        first.release();
        after.release();
    }

    private static List<Event> expected(List<Event> events, List<HeaderEdit> edits) {
        List<Event> expected = new ArrayList<>();
        for (Event event : events) {
            Map<String, String> headers = new HashMap<>(event.headers());
            for (HeaderEdit edit : edits) {
                if (edit.preserveExisting()) {
                    headers.putIfAbsent(edit.name().toString(), edit.value());
                } else {
                    headers.put(edit.name().toString(), edit.value());
                }
            }
            expected.add(new Event(headers, event.body()));
        }
        return expected;
    }

    private static List<HeaderEdit> randomEdits(Random random) {
        List<HeaderEdit> edits = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            edits.add(edit(NAMES[random.nextInt(NAMES.length)], "edit " + i, random.nextBoolean()));
        }
        return edits;
    }

    private static List<Event> randomEvents(Random random) {
        List<Event> events = new ArrayList<>();
        for (Event event : AvroReference.randomEvents(random)) {
            Map<String, String> headers = new LinkedHashMap<>(event.headers());
            for (String name : NAMES) {
                if (random.nextBoolean()) {
                    headers.put(name, "old");
                }
            }
            events.add(new Event(headers, event.body()));
        }
        return events;
    }

    /** Puts a block with one more header in front of each event, whether or not it has that header. */
    private static EventBatch prepend(EventBatch batch, String name, String value) {
        byte[] nameUtf8 = name.getBytes(StandardCharsets.UTF_8);
        byte[] valueUtf8 = value.getBytes(StandardCharsets.UTF_8);
        ByteBuf out = BatchMemory.allocate(100);
        Varints.write(out, 1);
        Varints.write(out, nameUtf8.length);
        out.writeBytes(nameUtf8);
        Varints.write(out, valueUtf8.length);
        out.writeBytes(valueUtf8);
        ByteBuf bytes = BatchBuffers.retainedBytes(batch);
        out.writeBytes(bytes);
        bytes.release();
        EventBatch longer = new EventBatch(out, batch.events(), batch.bodyBytes());
        batch.release();
        return longer;
    }

    private static Map<String, String> edited(Map<String, String> headers, HeaderEdit edit) {
        EventBatch after = HeaderEdit.apply(List.of(edit), batchOf(List.of(new Event(headers, "body"))));
        List<Event> events = read(after);
        after.release();
        assertThat(events).hasSize(1);
        assertThat(events.get(0).body()).isEqualTo("body");
        return events.get(0).headers();
    }

    private static HeaderEdit edit(String name, String value, boolean preserveExisting) {
        return new HeaderEdit(HeaderName.of(name), value, preserveExisting);
    }

    private static EventBatch batchOf(List<Event> events) {
        byte[] array = AvroReference.encode(events, true);
        return new BatchScanner(CodecLimits.DEFAULT)
                .scanArray(BatchMemory.allocate(array.length).writeBytes(array));
    }

    private static List<Event> read(EventBatch batch) {
        List<Event> events = new ArrayList<>();
        EventReader event = batch.reader();
        while (event.next()) {
            events.add(new Event(event.headers(), new String(event.body(), StandardCharsets.UTF_8)));
        }
        return events;
    }
}
