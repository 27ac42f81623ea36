package org.millrace.durable.tool;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.codec.EventReader;

class EventFormatTest {
    private static final long TIME = 1_700_000_000_123L;

    @Test
    void textIsALineEach() {
        assertThat(shown(EventFormat.TEXT, false, Map.of("k", "v"), "hello\nworld".getBytes(UTF_8)))
                .isEqualTo("42  2023-11-14T22:13:20.123Z  hello\\nworld\n");
        assertThat(shown(EventFormat.TEXT, true, Map.of("k", "v\n"), new byte[] {(byte) 0x80}))
                .isEqualTo("42  2023-11-14T22:13:20.123Z  {k=v\\n}  \\x80\n");
    }

    @Test
    void jsonHasTheBodyAsTextOrInBase64() {
        assertThat(shown(EventFormat.JSON, false, Map.of("k", "v"), "x\"y".getBytes(UTF_8)))
                .isEqualTo("{\"sequence\":42,\"time\":\"2023-11-14T22:13:20.123Z\",\"headers\":{\"k\":\"v\"},"
                        + "\"body\":\"x\\\"y\"}\n");
        assertThat(shown(EventFormat.JSON, false, Map.of(), new byte[] {(byte) 0xFF, 0}))
                .endsWith("\"headers\":{},\"bodyBase64\":\"/wA=\"}\n");
    }

    @Test
    void hexShowsEveryByte() {
        byte[] body = new byte[18];
        body[0] = 'A';
        body[17] = (byte) 0xAB;
        assertThat(shown(EventFormat.HEX, false, Map.of(), body).lines())
                .containsExactly(
                        "event 42  2023-11-14T22:13:20.123Z  18 bytes",
                        "  00000000  41 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00 |A...............|",
                        "  00000010  00 ab                                            |..|");
    }

    private static String shown(EventFormat format, boolean headers, Map<String, String> header, byte[] body) {
        StringWriter out = new StringWriter();
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            EventBatch batch = builder.add(header, body).build();
            EventReader event = batch.reader();
            event.next();
            format.printer(new PrintWriter(out), headers).print(42, TIME, event);
            batch.release();
        }
        return out.toString();
    }
}
