package org.millrace.thrift;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TList;
import org.apache.thrift.protocol.TMap;
import org.apache.thrift.protocol.TMessage;
import org.apache.thrift.protocol.TMessageType;
import org.apache.thrift.protocol.TProtocol;
import org.apache.thrift.protocol.TType;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventReader;

/**
 * Writes events as calls of {@code appendBatch}: a header or body is copied once, from the batch to the frame. Several calls where one
 * would be too long for the peer. One thread.
 */
final class CallWriter {
    /** What an event takes on the wire beyond what it takes in a batch, roughly. */
    private static final int EVENT_OVERHEAD_BYTES = 24;

    private final WireProtocol protocol;
    private final int maxCallBytes;
    private int lastSerial;

    CallWriter(WireProtocol protocol, int maxCallBytes) {
        this.protocol = protocol;
        this.maxCallBytes = maxCallBytes;
    }

    /** The serial of the call that was written last; they count on by one. */
    int lastSerial() {
        return lastSerial;
    }

    /**
     * Appends the calls, each in a frame.
     *
     * @param batches lent, none of them empty
     * @return how many calls
     */
    int write(List<EventBatch> batches, ByteBuf out) {
        int calls = 0;
        Cursor cursor = new Cursor(batches);
        while (cursor.isThere()) {
            write(cursor, cursor.fork().countUpTo(maxCallBytes), out);
            calls++;
        }
        return calls;
    }

    private void write(Cursor events, int count, ByteBuf out) {
        FrameOutput frame = new FrameOutput(out);
        TProtocol to = protocol.over(frame);
        try {
            lastSerial++;
            to.writeMessageBegin(new TMessage(FlumeService.APPEND_BATCH, TMessageType.CALL, lastSerial));
            to.writeStructBegin(FlumeService.BATCH_ARGUMENTS);
            to.writeFieldBegin(FlumeService.EVENTS);
            to.writeListBegin(new TList(TType.STRUCT, count));
            for (int i = 0; i < count; i++) {
                write(events.event(), to);
                events.next();
            }
            to.writeListEnd();
            to.writeFieldEnd();
            to.writeFieldStop();
            to.writeStructEnd();
            to.writeMessageEnd();
        } catch (TException e) {
            throw new IllegalStateException("a call that cannot be encoded", e);
        }
        frame.end();
    }

    private static void write(EventReader event, TProtocol to) throws TException {
        to.writeStructBegin(FlumeService.EVENT);
        to.writeFieldBegin(FlumeService.HEADERS);
        to.writeMapBegin(new TMap(TType.STRING, TType.STRING, event.headerEntries()));
        event.<TException>showHeaders((array, keyOffset, keyLength, valueOffset, valueLength) -> {
            to.writeBinary(ByteBuffer.wrap(array, keyOffset, keyLength)); // a string is the same on the wire
            to.writeBinary(ByteBuffer.wrap(array, valueOffset, valueLength));
        });
        to.writeMapEnd();
        to.writeFieldEnd();
        to.writeFieldBegin(FlumeService.BODY);
        to.writeBinary(ByteBuffer.wrap(event.array(), event.bodyOffset(), event.bodyLength()));
        to.writeFieldEnd();
        to.writeFieldStop();
        to.writeStructEnd();
    }

    /** Stands on an event of several batches. */
    private static final class Cursor {
        private final List<EventBatch> batches;
        private int batch;
        private EventReader event;
        private boolean isThere;

        Cursor(List<EventBatch> batches) {
            this.batches = batches;
            this.event = batches.get(0).reader();
            next();
        }

        private Cursor(Cursor from) {
            this.batches = from.batches;
            this.batch = from.batch;
            this.event = from.event.fork();
            this.isThere = from.isThere;
        }

        Cursor fork() {
            return new Cursor(this);
        }

        boolean isThere() {
            return isThere;
        }

        EventReader event() {
            return event;
        }

        void next() {
            isThere = event.next();
            while (!isThere && batch + 1 < batches.size()) {
                batch++;
                event = batches.get(batch).reader();
                isThere = event.next();
            }
        }

        /** How many events from here on make at most so many bytes; at least one. Moves behind them. */
        int countUpTo(long maxBytes) {
            int count = 0;
            long bytes = 0;
            while (isThere) {
                bytes += event.encodedBytes() + EVENT_OVERHEAD_BYTES;
                if (count > 0 && bytes > maxBytes) {
                    break;
                }
                count++;
                next();
            }
            return count;
        }
    }
}
