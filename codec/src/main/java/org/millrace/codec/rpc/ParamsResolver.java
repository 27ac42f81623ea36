package org.millrace.codec.rpc;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.millrace.codec.CodecLimits;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.codec.LimitExceededException;
import org.millrace.codec.MalformedException;
import org.millrace.codec.WireReader;

/**
 * Reads parameters of a peer that writes them in a way of its own (fields added or reordered, say) by Avro's rules of schema
 * resolution, and encodes the events anew. The slow way in, for the rare peer that is no Flume. Thread-safe.
 */
final class ParamsResolver {
    /** Avro's fast reader would pass by the methods that {@link EventReading} overrides. */
    private static final GenericData PLAIN_READING = new GenericData().setFastReaderEnabled(false);

    private final RpcMessage message;
    private final Schema theirs;

    ParamsResolver(RpcMessage message, Schema theirs) {
        this.message = message;
        this.theirs = theirs;
    }

    /**
     * Reads a batch.
     *
     * @param payload stands before the parameters; taken over
     */
    EventBatch read(ByteBuf payload, CodecLimits limits) {
        try (EventBatchBuilder events = new EventBatchBuilder()) {
            byte[] array = payload.array();
            int offset = payload.arrayOffset() + payload.readerIndex();
            int length = payload.readableBytes();
            WrittenShape.check(new WireReader(array, offset, length), theirs);
            GenericRecord params = new EventReading(events, limits)
                    .read(null, DecoderFactory.get().binaryDecoder(array, offset, length, null));
            if (message == RpcMessage.APPEND) {
                add((GenericRecord) params.get(0), events, limits);
            }
            return events.build();
        } catch (AvroRuntimeException | IOException e) {
            throw new MalformedException("parameters of " + message.wireName() + ": " + e, e);
        } finally {
            payload.release();
        }
    }

    private static void add(GenericRecord event, EventBatchBuilder events, CodecLimits limits) {
        if (events.events() == limits.maxBatchEvents()) {
            throw new LimitExceededException("maxBatchEvents", events.events() + 1L, limits.maxBatchEvents());
        }
        Map<String, String> headers = new LinkedHashMap<>();
        long headerBytes = 0;
        for (Map.Entry<?, ?> header : ((Map<?, ?>) event.get("headers")).entrySet()) {
            String name = header.getKey().toString();
            String value = header.getValue().toString();
            headers.put(name, value);
            headerBytes += name.length() + value.length();
        }
        if (headerBytes > limits.maxHeaderBytes()) {
            throw new LimitExceededException("maxHeaderBytes", headerBytes, limits.maxHeaderBytes());
        }
        ByteBuffer body = (ByteBuffer) event.get("body");
        events.add(headers, body.array(), body.arrayOffset() + body.position(), body.remaining());
    }

    /** Encodes each event of the array as soon as it is read: decoded ones take many times the room. */
    private final class EventReading extends GenericDatumReader<GenericRecord> {
        private final EventBatchBuilder events;
        private final CodecLimits limits;

        EventReading(EventBatchBuilder events, CodecLimits limits) {
            super(theirs, FlumeProtocol.requestSchema(message), PLAIN_READING);
            this.events = events;
            this.limits = limits;
        }

        @Override
        protected Object newArray(Object old, int size, Schema schema) {
            return new ArrayList<>(0);
        }

        @Override
        protected void addToArray(Object array, long position, Object event) {
            add((GenericRecord) event, events, limits);
        }
    }
}
