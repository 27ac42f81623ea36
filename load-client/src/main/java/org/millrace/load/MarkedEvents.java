package org.millrace.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.codec.EventReader;
import org.millrace.ledger.EventMark;
import org.millrace.ledger.LedgerWriter;

/** Puts a mark in front of each body, and notes the numbers in the ledger before anybody can send the events. The sender's thread. */
final class MarkedEvents implements Events {
    private final Events plain;
    private final LedgerWriter ledger;
    private final EventMark mark;
    private byte[] body = new byte[1024];

    /** @param plain taken over */
    MarkedEvents(Events plain, LedgerWriter ledger) {
        this.plain = plain;
        this.ledger = ledger;
        this.mark = new EventMark(ledger.run());
    }

    @Override
    public EventBatch batch(long first, int events) {
        try {
            ledger.reserve(first + events);
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
        EventBatch batch = plain.batch(first, events);
        try (EventBatchBuilder marked = new EventBatchBuilder()) {
            EventReader reader = batch.reader();
            for (long number = first; reader.next(); number++) {
                add(marked, reader, number);
            }
            return marked.build();
        } finally {
            batch.release();
        }
    }

    private void add(EventBatchBuilder marked, EventReader event, long number) {
        int length = event.bodyLength();
        if (body.length < EventMark.BYTES + length) {
            body = new byte[2 * (EventMark.BYTES + length)];
        }
        System.arraycopy(event.array(), event.bodyOffset(), body, EventMark.BYTES, length);
        mark.write(body, 0, length, number);
        marked.add(event, body, 0, EventMark.BYTES + length);
    }

    @Override
    public void close() {
        plain.close();
    }
}
