package org.millrace.thrift;

import io.netty.buffer.ByteBuf;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TField;
import org.apache.thrift.protocol.TMessage;
import org.apache.thrift.protocol.TMessageType;
import org.apache.thrift.protocol.TProtocol;
import org.apache.thrift.protocol.TProtocolUtil;
import org.apache.thrift.protocol.TType;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.MalformedException;

/**
 * A peer's answer.
 *
 * @param problem null if it has the events; otherwise what it says of them
 */
record Reply(int serial, @Nullable String problem) {
    private static final int MAX_DEPTH = 32;

    boolean isOk() {
        return problem == null;
    }

    /**
     * @param frame lent; has an array
     * @throws MalformedException if it is no answer
     */
    static Reply read(ByteBuf frame, WireProtocol protocol) {
        TProtocol in = protocol.over(new FrameInput(frame));
        try {
            TMessage message = in.readMessageBegin();
            return switch (message.type) {
                case TMessageType.REPLY -> new Reply(message.seqid, problemOf(readStatus(in)));
                case TMessageType.EXCEPTION ->
                    new Reply(
                            message.seqid,
                            "the peer says: "
                                    + TApplicationException.readFrom(in).getMessage());
                default ->
                    throw new MalformedException("message type: " + message.type + " (expected: 2, a reply, or 3)");
            };
        } catch (TException e) {
            throw new MalformedException("the answer: " + e.getMessage());
        }
    }

    private static @Nullable String problemOf(FlumeService.@Nullable Status status) {
        if (status == FlumeService.Status.OK) {
            return null;
        }
        return status == null ? "the peer's answer has no status" : "the peer answered " + status;
    }

    private static FlumeService.@Nullable Status readStatus(TProtocol in) throws TException {
        FlumeService.Status status = null;
        in.readStructBegin();
        for (TField field = in.readFieldBegin(); field.type != TType.STOP; field = in.readFieldBegin()) {
            if (field.id == FlumeService.SUCCESS.id && field.type == TType.I32) {
                status = FlumeService.Status.of(in.readI32());
            } else {
                TProtocolUtil.skip(in, field.type, MAX_DEPTH);
            }
            in.readFieldEnd();
        }
        in.readStructEnd();
        return status;
    }
}
