package org.millrace.codec.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;

class RequestEncoderTest {
    private final RequestEncoder encoder = new RequestEncoder(UnpooledByteBufAllocator.DEFAULT);

    @Test
    void aFirstCallIsByteForByteWhatFlumeSends() throws IOException {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("host", "web01");
        headers.put("timestamp", "1700000000000");
        EventBatch batch;
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            batch = builder.add(headers, utf8("first event"))
                    .add(Map.of("k", "v"), utf8("second"))
                    .build();
        }
        assertThat(hex(encoder.encodeFirst(1, List.of(batch), null))).isEqualTo(capture("02-appendBatch-2.c2s"));
        batch.release();
    }

    @Test
    void aLaterCallIsByteForByteWhatFlumeSends() throws IOException {
        EventBatch batch = batch(Map.of(), "b", "c");
        String both = capture("03-append-then-batch.c2s");
        String second = hex(encoder.encode(2, List.of(batch), null));
        assertThat(both).endsWith(second);
        batch.release();
    }

    @Test
    void severalBatchesTravelAsOneArray() {
        EventBatch one = batch(Map.of(), "b");
        EventBatch other = batch(Map.of(), "c", "d");
        EventBatch joined = batch(Map.of(), "b", "c", "d");
        assertThat(hex(encoder.encode(2, List.of(one, other), null)))
                .isEqualTo(hex(encoder.encode(2, List.of(joined), null)));
        List.of(one, other, joined).forEach(EventBatch::release);
    }

    @Test
    void theRepeatedCallCarriesTheTextTheHashItWasGivenAndTheSameEvents() {
        EventBatch batch = batch(Map.of("k", "v"), "again");
        ByteBuf first = encoder.encodeFirst(1, List.of(batch), null);
        byte[] hash = "0123456789abcdef".getBytes(StandardCharsets.UTF_8);

        ByteBuf again = encoder.encodeAgain(2, first, null, hash);

        assertThat(again.getInt(0)).isEqualTo(2);
        int length = again.getInt(8);
        String head = again.toString(12, length, StandardCharsets.ISO_8859_1);
        assertThat(head).contains("\"protocol\":\"AvroSourceProtocol\"", "0123456789abcdef", "appendBatch");
        ByteBuf parameters = again.slice(12 + length, again.readableBytes() - 12 - length);
        ByteBuf plain = encoder.encode(2, List.of(batch), null);
        assertThat(hex(plain)).endsWith(ByteBufUtil.hexDump(parameters));
        again.release();
        first.release();
        batch.release();
    }

    @Test
    void aCallWithoutEventsIsRefused() {
        EventBatch empty = batch(Map.of());
        assertThatThrownBy(() -> encoder.encode(1, List.of(empty), null)).hasMessageContaining("at least 1");
        empty.release();
    }

    private static EventBatch batch(Map<String, String> headers, String... bodies) {
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            for (String body : bodies) {
                builder.add(headers, utf8(body));
            }
            return builder.build();
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String hex(ByteBuf frame) {
        try {
            return ByteBufUtil.hexDump(frame);
        } finally {
            frame.release();
        }
    }

    private static String capture(String name) throws IOException {
        try (InputStream in = RequestEncoderTest.class.getResourceAsStream("/captures/" + name + ".bin")) {
            return ByteBufUtil.hexDump(Unpooled.wrappedBuffer(in.readAllBytes()));
        }
    }
}
