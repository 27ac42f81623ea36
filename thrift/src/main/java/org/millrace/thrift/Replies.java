package org.millrace.thrift;

import io.netty.channel.Channel;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TMessage;
import org.apache.thrift.protocol.TMessageType;
import org.apache.thrift.protocol.TProtocol;
import org.millrace.listener.ReplySender;

/**
 * Encodes the answers of one connection, and has them sent together. The connection's event loop only.
 */
final class Replies {
    private final ReplySender sender;
    private final WireProtocol protocol;

    Replies(Channel connection, WireProtocol protocol) {
        this.sender = new ReplySender(connection);
        this.protocol = protocol;
    }

    void status(Call call, FlumeService.Status status) {
        write(call, TMessageType.REPLY, out -> {
            out.writeStructBegin(FlumeService.RESULT);
            out.writeFieldBegin(FlumeService.SUCCESS);
            out.writeI32(status.number);
            out.writeFieldEnd();
            out.writeFieldStop();
            out.writeStructEnd();
        });
    }

    /** @param type one of {@link TApplicationException}'s */
    void exception(Call call, int type, String message) {
        write(call, TMessageType.EXCEPTION, new TApplicationException(type, message)::write);
    }

    private interface Result {
        void writeTo(TProtocol out) throws TException;
    }

    private void write(Call call, byte type, Result result) {
        FrameOutput frame = new FrameOutput(sender.buffer());
        TProtocol out = protocol.over(frame);
        try {
            out.writeMessageBegin(new TMessage(call.method(), type, call.serial()));
            result.writeTo(out);
            out.writeMessageEnd();
        } catch (TException e) {
            throw new IllegalStateException("an answer that cannot be encoded", e);
        }
        frame.end();
        sender.added();
    }

    /** A read has begun to bring frames: {@link #readComplete} will follow. */
    void reading() {
        sender.reading();
    }

    void readComplete() {
        sender.readComplete();
    }

    /** Sends what there is and closes the connection behind it. */
    void flushAndClose() {
        sender.flushAndClose();
    }

    /** Gives up what was not sent. */
    void discard() {
        sender.discard();
    }
}
