package org.millrace.relay.source.generate;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.millrace.api.support.BatchReader;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;

/** The numbers from 0 on, as decimal text, one to an event. One thread. */
final class Numbers implements BatchReader {
    private static final byte[] NO_HEADERS = EventBatchBuilder.encodeHeaders(Map.of());

    private static final int MAX_BATCH_BYTES = 16 << 20;

    private final int batchEvents;
    private final long total;
    private final EventBatchBuilder batch = new EventBatchBuilder();
    private long next;
    private long committed;

    Numbers(int batchEvents, long total) {
        this.batchEvents = batchEvents;
        this.total = total;
    }

    @Override
    public @Nullable EventBatch read() {
        while (batch.events() < batchEvents && batch.encodedBytes() < MAX_BATCH_BYTES && next < total) {
            byte[] body = Long.toString(next++).getBytes(StandardCharsets.US_ASCII);
            batch.add(NO_HEADERS, body, 0, body.length);
        }
        return batch.events() == 0 ? null : batch.build();
    }

    @Override
    public void commit() {
        committed = next;
    }

    @Override
    public void rollback() {
        next = committed;
    }

    @Override
    public void close() {
        batch.close();
    }
}
