package org.millrace.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EventBatchTest {
    @Test
    void splitKeepsOrderCountsAndBytes() {
        EventBatch batch = batchOf("one", "two", "three");
        EventBatch.Split parts = batch.split(2);

        assertThat(parts.head().events()).isEqualTo(2);
        assertThat(parts.head().bodyBytes()).isEqualTo(6);
        assertThat(parts.tail().bodyBytes()).isEqualTo(5);
        EventReader tail = parts.tail().reader();
        assertThat(tail.next()).isTrue();
        assertThat(new String(tail.body(), StandardCharsets.UTF_8)).isEqualTo("three");
        assertThat(tail.headers()).containsExactly(Map.entry("k", "three"));
        assertThat(tail.next()).isFalse();
        parts.head().release();
        parts.tail().release();
    }

    @Test
    void splitLeavesAnotherOwnersViewAlone() {
        EventBatch batch = batchOf("one", "two", "three");
        EventBatch.Split parts = batch.retain().split(1);
        parts.head().release();
        parts.tail().release();

        assertThat(batch.events()).isEqualTo(3);
        EventReader reader = batch.reader();
        assertThat(reader.next()).isTrue();
        assertThat(new String(reader.body(), StandardCharsets.UTF_8)).isEqualTo("one");
        batch.release();
    }

    @Test
    void aHeaderIsComparedWithoutBeingDecoded() {
        HeaderName name = HeaderName.of("k");
        EventBatch batch = batchOf("wert ü");
        EventReader event = batch.reader();
        event.next();

        assertThat(event.headerIs(name, "wert ü".getBytes(StandardCharsets.UTF_8)))
                .isTrue();
        assertThat(event.headerIs(name, "wert".getBytes(StandardCharsets.UTF_8)))
                .isFalse();
        assertThat(event.headerIs(HeaderName.of("l"), "wert ü".getBytes(StandardCharsets.UTF_8)))
                .isFalse();
        batch.release();
    }

    @Test
    void eventsBuiltOfEncodedHeadersAreThoseBuiltOfAMap() {
        byte[] text = "..name wert ü".getBytes(StandardCharsets.UTF_8);
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            builder.beginEvent(2)
                    .header(text, 2, 4, text, 7, text.length - 7)
                    .header(text, 0, 0, text, 0, 0)
                    .endEvent(text, 2, 4);
            builder.beginEvent(0).endEvent(text, 0, 0);
            EventBatch batch = builder.build();

            EventReader event = batch.reader();
            assertThat(event.next()).isTrue();
            assertThat(event.headers()).isEqualTo(Map.of("name", "wert ü", "", ""));
            assertThat(new String(event.body(), StandardCharsets.UTF_8)).isEqualTo("name");
            assertThat(event.headerEntries()).isEqualTo(2);
            List<String> shown = new ArrayList<>();
            event.showHeaders((array, key, keyLength, value, valueLength) ->
                    shown.add(new String(array, key, keyLength, StandardCharsets.UTF_8) + "="
                            + new String(array, value, valueLength, StandardCharsets.UTF_8)));
            assertThat(shown).containsExactly("name=wert ü", "=");
            assertThat(event.next()).isTrue();
            assertThat(event.headerEntries()).isZero();
            assertThat(event.bodyLength()).isZero();
            assertThat(event.next()).isFalse();
            batch.release();
        }
    }

    @Test
    void eventWhoseHeadersAreNotAllThereCannotEnd() {
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            builder.beginEvent(1);

            assertThatThrownBy(() -> builder.endEvent(new byte[0], 0, 0)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void smallBatchBehindALargeOneKeepsNoMoreMemoryThanItNeeds() {
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            builder.add(Map.of(), new byte[4 << 20]).build().release();
            EventBatch small = builder.add(Map.of(), new byte[10]).build();
            ByteBuf bytes = BatchBuffers.retainedBytes(small);

            assertThat(bytes.unwrap().capacity()).isLessThan(64 << 10);
            bytes.release();
            small.release();
        }
    }

    @Test
    void smallBatchKeepsNoMoreMemoryThanItNeedsFromTheFirstOneOn() {
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            EventBatch small = builder.add(Map.of(), new byte[300]).build();

            ByteBuf bytes = BatchBuffers.retainedBytes(small);
            assertThat(small.memoryBytes()).isBetween((long) bytes.unwrap().capacity(), 1000L);
            bytes.release();
            assertThat(small.reader().next()).isTrue();
            small.release();
        }
    }

    @Test
    void partOfABatchTellsTheMemoryOfTheWhole() {
        EventBatch.Split parts = batchOf("one", "a".repeat(100_000)).split(1);

        assertThat(parts.head().memoryBytes()).isGreaterThan(100_000);
        assertThat(parts.tail().memoryBytes()).isEqualTo(parts.head().memoryBytes());
        parts.head().release();
        parts.tail().release();
    }

    private static EventBatch batchOf(String... bodies) {
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            for (String body : bodies) {
                builder.add(Map.of("k", body), body.getBytes(StandardCharsets.UTF_8));
            }
            return builder.build();
        }
    }
}
