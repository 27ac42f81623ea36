package org.millrace.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
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

    private static EventBatch batchOf(String... bodies) {
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            for (String body : bodies) {
                builder.add(Map.of("k", body), body.getBytes(StandardCharsets.UTF_8));
            }
            return builder.build();
        }
    }
}
