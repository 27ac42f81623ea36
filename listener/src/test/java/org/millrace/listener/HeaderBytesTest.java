package org.millrace.listener;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.testkit.Batches;

class HeaderBytesTest {
    private final HeaderBytes headers = new HeaderBytes();

    @Test
    void headersComeOutAsTheyWentIn() {
        Map<String, String> expected = new LinkedHashMap<>();
        headers.clear();
        for (int i = 0; i < 20; i++) {
            String value = "ü".repeat(i * 10);
            headers.add(HeaderBytes.encode("name" + i), value);
            expected.put("name" + i, value);
        }
        headers.add(HeaderBytes.encode("fixed", "value")).add(HeaderBytes.encode("n"), 0L);
        headers.add(HeaderBytes.encode("time"), 1795169472000L);
        expected.put("fixed", "value");
        expected.put("n", "0");
        expected.put("time", "1795169472000");

        assertThat(roundTrip()).isEqualTo(expected);
    }

    @Test
    void theNextEventHasNoneOfThem() {
        headers.clear().add(HeaderBytes.encode("a", "b"));
        headers.clear();

        assertThat(roundTrip()).isEmpty();
    }

    private Map<String, String> roundTrip() {
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            byte[] body = "body".getBytes(StandardCharsets.US_ASCII);
            headers.addTo(builder, body, 0, body.length);
            EventBatch batch = builder.build();
            assertThat(Batches.bodies(batch)).containsExactly("body");
            Map<String, String> read = Batches.headers(batch).get(0);
            batch.release();
            return read;
        }
    }
}
