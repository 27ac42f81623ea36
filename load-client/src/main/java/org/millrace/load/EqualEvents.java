package org.millrace.load;

import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;

/** Events without headers, whose bodies are random text of one length: encoded once, for all batches. */
final class EqualEvents implements Events {
    private static final int SEED = 4141;

    private final byte[] text;
    private final int bodyBytes;
    private @Nullable EventBatch last;

    EqualEvents(int bodyBytes) {
        this.bodyBytes = bodyBytes;
        this.text = text(2 * bodyBytes);
    }

    /** Printable, and as hard to compress as text from 64 letters can be. */
    static byte[] text(int bytes) {
        SplittableRandom random = new SplittableRandom(SEED);
        byte[] text = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            text[i] = (byte) ('0' + random.nextInt(64));
        }
        return text;
    }

    @Override
    public EventBatch batch(long first, int events) {
        EventBatch batch = last;
        if (batch == null || batch.events() != events) {
            close();
            batch = encode(events);
            last = batch;
        }
        return batch.retain();
    }

    private EventBatch encode(int events) {
        byte[] headers = EventBatchBuilder.encodeHeaders(Map.of());
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            for (int i = 0; i < events; i++) {
                builder.add(headers, text, bodyBytes == 0 ? 0 : i % bodyBytes, bodyBytes);
            }
            return builder.build();
        }
    }

    @Override
    public void close() {
        if (last != null) {
            last.release();
            last = null;
        }
    }
}
