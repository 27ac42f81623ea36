package org.millrace.codec.rpc;

import org.millrace.codec.EventBatch;
import org.millrace.codec.MalformedException;

/** What a peer wants with a frame. Each is answered once, with {@link AvroReplies}. */
public sealed interface Request {
    /** The answer's serial. */
    int serial();

    /** The handshake that the answer starts with. */
    HandshakeReply handshake();

    /**
     * Events to store; answered with a status or an error.
     *
     * @param batch whoever gets the request owns it
     */
    record Call(int serial, HandshakeReply handshake, RpcMessage message, EventBatch batch, CallMetadata metadata)
            implements Request {}

    /** A ping, or a peer whose protocol we have to be told first; answered with the handshake alone. */
    record HandshakeOnly(int serial, HandshakeReply handshake) implements Request {}

    /**
     * A frame without a sensible call in it; answered with an error. The connection may go on: the frames themselves are in order.
     *
     * @param reason a {@link org.millrace.codec.LimitExceededException} where the peer asks for too much
     */
    record Refused(int serial, HandshakeReply handshake, MalformedException reason) implements Request {}
}
