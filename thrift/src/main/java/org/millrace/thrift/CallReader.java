package org.millrace.thrift;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TField;
import org.apache.thrift.protocol.TList;
import org.apache.thrift.protocol.TMap;
import org.apache.thrift.protocol.TMessage;
import org.apache.thrift.protocol.TMessageType;
import org.apache.thrift.protocol.TProtocol;
import org.apache.thrift.protocol.TProtocolUtil;
import org.apache.thrift.protocol.TType;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.CodecLimits;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.codec.LimitExceededException;
import org.millrace.codec.MalformedException;

/**
 * Reads calls straight into batches: a header or body is copied once, from the frame to the batch. Fields that we do not know are
 * skipped, as Thrift has it. One thread, the connection's.
 */
final class CallReader implements AutoCloseable {
    /** Longer names of methods are nobody's, and the answer would repeat them. */
    private static final int MAX_METHOD_BYTES = 256;

    /** Of structures in each other that are skipped: Flume's own calls have three levels. */
    private static final int MAX_DEPTH = 32;

    private final WireProtocol protocol;
    private final CodecLimits limits;
    private final EventBatchBuilder builder = new EventBatchBuilder();

    CallReader(WireProtocol protocol, CodecLimits limits) {
        this.protocol = protocol;
        this.limits = limits;
    }

    /**
     * Reads a frame.
     *
     * @param frame lent; has an array
     * @throws MalformedException if it has no call at all, so that nobody can be answered
     */
    Call read(ByteBuf frame) {
        FrameInput input = new FrameInput(frame);
        TProtocol in = protocol.over(input);
        TMessage message = readMessage(input, in);
        try {
            return carryOn(in, message);
        } catch (MalformedException e) {
            builder.close();
            return new Call.Refused(message.name, message.seqid, TApplicationException.PROTOCOL_ERROR, e);
        } catch (TException e) {
            builder.close();
            return new Call.Refused(
                    message.name, message.seqid, TApplicationException.PROTOCOL_ERROR, malformed(message.name, e));
        }
    }

    private static TMessage readMessage(FrameInput input, TProtocol in) {
        try {
            input.allowAtOnce(MAX_METHOD_BYTES);
            TMessage message = in.readMessageBegin();
            input.allowAtOnce(Integer.MAX_VALUE);
            return message;
        } catch (TException e) {
            throw malformed("the frame", e);
        }
    }

    private Call carryOn(TProtocol in, TMessage message) throws TException {
        if (message.type != TMessageType.CALL && message.type != TMessageType.ONEWAY) {
            return new Call.Refused(
                    message.name,
                    message.seqid,
                    TApplicationException.INVALID_MESSAGE_TYPE,
                    new MalformedException("message type: " + message.type + " (expected: a call)"));
        }
        switch (message.name) {
            case FlumeService.APPEND -> readArguments(in, TType.STRUCT);
            case FlumeService.APPEND_BATCH -> readArguments(in, TType.LIST);
            default -> {
                return new Call.Refused(
                        message.name,
                        message.seqid,
                        TApplicationException.UNKNOWN_METHOD, // in libthrift's words, as Flume answers
                        new MalformedException("Invalid method name: '" + message.name + "'"));
            }
        }
        return new Call.Append(message.name, message.seqid, builder.build());
    }

    private void readArguments(TProtocol in, byte type) throws TException {
        boolean isRead = false;
        in.readStructBegin();
        for (TField field = in.readFieldBegin(); field.type != TType.STOP; field = in.readFieldBegin()) {
            if (field.id != FlumeService.ARGUMENT || field.type != type) {
                TProtocolUtil.skip(in, field.type, MAX_DEPTH);
            } else if (isRead) {
                throw new MalformedException("arguments: the events stand there twice");
            } else {
                isRead = true;
                readArgument(in, type);
            }
            in.readFieldEnd();
        }
        in.readStructEnd();
        if (!isRead) {
            throw new MalformedException("arguments: without events");
        }
    }

    private void readArgument(TProtocol in, byte type) throws TException {
        if (type == TType.STRUCT) {
            readEvent(in);
            return;
        }
        TList list = in.readListBegin();
        if (list.elemType != TType.STRUCT && list.size > 0) {
            throw new MalformedException("events: of Thrift's type " + list.elemType + " (expected: 12, a struct)");
        }
        if (list.size > limits.maxBatchEvents()) {
            throw new LimitExceededException("maxBatchEvents", list.size, limits.maxBatchEvents());
        }
        for (int i = 0; i < list.size; i++) {
            readEvent(in);
        }
        in.readListEnd();
    }

    private void readEvent(TProtocol in) throws TException {
        boolean hasHeaders = false;
        ByteBuffer body = null;
        in.readStructBegin();
        for (TField field = in.readFieldBegin(); field.type != TType.STOP; field = in.readFieldBegin()) {
            if (field.id == FlumeService.HEADERS.id && field.type == TType.MAP) {
                if (hasHeaders) {
                    throw new MalformedException("an event: has its headers twice");
                }
                hasHeaders = true;
                readHeaders(in);
            } else if (field.id == FlumeService.BODY.id && field.type == TType.STRING) {
                body = in.readBinary();
            } else {
                TProtocolUtil.skip(in, field.type, MAX_DEPTH);
            }
            in.readFieldEnd();
        }
        in.readStructEnd();
        endEvent(hasHeaders, body);
    }

    private void endEvent(boolean hasHeaders, @Nullable ByteBuffer body) {
        if (!hasHeaders || body == null) {
            throw new MalformedException(
                    "an event: without its " + (hasHeaders ? "body" : "headers") + " (expected: both)");
        }
        builder.endEvent(body.array(), body.arrayOffset() + body.position(), body.remaining());
    }

    private void readHeaders(TProtocol in) throws TException {
        TMap map = in.readMapBegin();
        if (map.size > 0 && (map.keyType != TType.STRING || map.valueType != TType.STRING)) {
            throw new MalformedException("headers: of Thrift's types " + map.keyType + " and " + map.valueType
                    + " (expected: 11, a string)");
        }
        int before = builder.encodedBytes();
        builder.beginEvent(map.size);
        for (int i = 0; i < map.size; i++) {
            ByteBuffer key = in.readBinary();
            ByteBuffer value = in.readBinary();
            // either may be an empty one of libthrift's own, with another array
            builder.header(
                    key.array(),
                    key.arrayOffset() + key.position(),
                    key.remaining(),
                    value.array(),
                    value.arrayOffset() + value.position(),
                    value.remaining());
            int bytes = builder.encodedBytes() - before;
            if (bytes > limits.maxHeaderBytes()) {
                throw new LimitExceededException("maxHeaderBytes", bytes, limits.maxHeaderBytes());
            }
        }
        in.readMapEnd();
    }

    private static MalformedException malformed(String where, TException e) {
        return new MalformedException(where + ": " + e.getMessage());
    }

    @Override
    public void close() {
        builder.close();
    }
}
