package org.millrace.codec.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.millrace.codec.BatchBuffers;
import org.millrace.codec.BatchMemory;
import org.millrace.codec.CodecLimits;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.codec.Origin;
import org.millrace.codec.Varints;
import org.millrace.codec.frame.AvroFrame;

class AvroCallDecoderTest {
    private static final UUID SENDER = new UUID(5, 6);
    private static final long HIGHEST = 1L << 62;

    private final AvroCallDecoder decoder =
            new AvroCallDecoder(new CodecLimits(1 << 20, 100, 3, 100, 1000), new PeerProtocols());

    @Test
    void eventsWithNumbersUpToTheHighestAreTaken() {
        Request request = decoder.decode(new AvroFrame(1, payload(new Origin(SENDER, HIGHEST - 2))));
        assertThat(request).isInstanceOfSatisfying(Request.Call.class, call -> {
            assertThat(call.metadata().origin()).isEqualTo(new Origin(SENDER, HIGHEST - 2));
            call.batch().release();
        });
    }

    @Test
    void numbersBeyondTheHighestAreRefusedAndTheFrameIsGivenBack() {
        ByteBuf payload = payload(new Origin(SENDER, HIGHEST - 1));
        assertThat(decoder.decode(new AvroFrame(1, payload)))
                .isInstanceOfSatisfying(
                        Request.Refused.class,
                        refused -> assertThat(refused.reason())
                                .hasMessage("relay.seq: " + (HIGHEST - 1) + " for the first of 2 events"
                                        + " (expected: none beyond " + HIGHEST + ")"));
        assertThat(payload.refCnt()).isZero();
    }

    /** A first call, with two events. */
    private static ByteBuf payload(Origin origin) {
        ByteBuf out = BatchMemory.allocate(1000);
        RequestHandshake.write(out);
        CallMetadata.write(out, origin);
        byte[] message = "appendBatch".getBytes(StandardCharsets.UTF_8);
        Varints.write(out, message.length);
        out.writeBytes(message);
        Varints.write(out, 2);
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            EventBatch batch =
                    builder.add(Map.of(), message).add(Map.of(), message).build();
            BatchBuffers.writeTo(out, batch);
            batch.release();
        }
        return out.writeByte(0);
    }
}
