package org.millrace.load;

import java.util.List;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;

/** Encodes each batch when it is asked for. What an event is follows from its number, but for the time. */
final class EncodedEvents implements Events {
    /** So many still have a count that is one byte long. */
    static final int MOST_HEADERS = 63;

    private final Bodies bodies;
    private final List<Header> headers;
    private final byte[] map;
    private final EventBatchBuilder builder = new EventBatchBuilder();

    /** @param headers at most {@link #MOST_HEADERS} */
    EncodedEvents(Bodies bodies, List<Header> headers) {
        this.bodies = bodies;
        this.headers = List.copyOf(headers);
        this.map = new byte[2 + headers.stream().mapToInt(Header::mostBytes).sum()];
    }

    @Override
    public EventBatch batch(long first, int events) {
        headers.forEach(Header::beginBatch);
        byte[] array = bodies.array();
        for (long event = first; event < first + events; event++) {
            builder.add(map, encodeHeaders(event), array, bodies.offset(event), bodies.length(event));
        }
        return builder.build();
    }

    /** Avro's map: one block with its count, zigzag, and an empty one. */
    private int encodeHeaders(long event) {
        int end = 0;
        if (!headers.isEmpty()) {
            map[end++] = (byte) (2 * headers.size());
            for (int i = 0; i < headers.size(); i++) {
                end = headers.get(i).write(event, map, end);
            }
        }
        map[end++] = 0;
        return end;
    }

    @Override
    public void close() {
        builder.close();
    }
}
