package org.millrace.codec.rpc;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.BatchScanner;
import org.millrace.codec.CodecLimits;
import org.millrace.codec.EventBatch;
import org.millrace.codec.MalformedException;
import org.millrace.codec.WireReader;
import org.millrace.codec.frame.AvroFrame;

/**
 * Reads one connection's frames as calls: {@code [handshake] | call metadata | message name | parameters}. The parameters become
 * an {@link EventBatch} in the memory of the frame itself. One thread.
 */
public final class AvroCallDecoder {
    private static final byte[] APPEND = RpcMessage.APPEND.wireName().getBytes(UTF_8);
    private static final byte[] APPEND_BATCH =
            RpcMessage.APPEND_BATCH.wireName().getBytes(UTF_8);
    /** So much of a name that we do not know goes into the answer. */
    private static final int MAX_NAME_SHOWN = 80;

    private static final int MAX_NAME_BYTES = 1 << 10;

    private final CodecLimits limits;
    private final ServerHandshake handshake;
    private final BatchScanner scanner;

    public AvroCallDecoder(CodecLimits limits, PeerProtocols protocols) {
        this.limits = limits;
        this.handshake = new ServerHandshake(protocols);
        this.scanner = new BatchScanner(limits);
    }

    /** Reads the next frame, which is taken over. */
    public Request decode(AvroFrame frame) {
        ByteBuf payload = frame.content();
        HandshakeReply reply = HandshakeReply.ABSENT;
        boolean isHandedOn = false;
        try {
            WireReader in = new WireReader(
                    payload.array(), payload.arrayOffset() + payload.readerIndex(), payload.readableBytes());
            PeerProtocol peer = handshake.peer();
            if (peer == null) {
                reply = handshake.read(in);
                peer = handshake.peer();
            }
            if (peer == null) {
                return new Request.HandshakeOnly(frame.serial(), reply);
            }
            CallMetadata metadata = CallMetadata.read(in, payload.array(), limits.maxHeaderBytes());
            RpcMessage message = readMessage(in);
            if (message == null) {
                return new Request.HandshakeOnly(frame.serial(), reply);
            }
            PeerProtocol.Params params = paramsOf(message, peer);
            payload.readerIndex(in.position() - payload.arrayOffset());
            isHandedOn = true;
            EventBatch batch = read(message, params, payload);
            checkOrigin(metadata, batch);
            return new Request.Call(frame.serial(), reply, message, batch, metadata);
        } catch (MalformedException e) {
            return new Request.Refused(frame.serial(), reply, e);
        } finally {
            if (!isHandedOn) {
                frame.release();
            }
        }
    }

    /** Null for the empty name, which is a ping. */
    private static @Nullable RpcMessage readMessage(WireReader in) {
        int length = in.readLength("message name");
        if (length == 0) {
            return null;
        }
        if (length == APPEND_BATCH.length && in.skipIf(APPEND_BATCH)) {
            return RpcMessage.APPEND_BATCH;
        }
        if (length == APPEND.length && in.skipIf(APPEND)) {
            return RpcMessage.APPEND;
        }
        throw unknown(new String(in.readFixed("message name", Math.min(length, MAX_NAME_BYTES)), UTF_8));
    }

    private static PeerProtocol.Params paramsOf(RpcMessage message, PeerProtocol peer) {
        PeerProtocol.Params params = peer.params(message);
        if (params == null) {
            throw new MalformedException("message " + message.wireName() + ": not in the protocol of the peer");
        }
        return params;
    }

    /** @param payload taken over */
    private EventBatch read(RpcMessage message, PeerProtocol.Params params, ByteBuf payload) {
        ParamsResolver resolver = params.resolver();
        if (resolver != null) {
            return resolver.read(payload, limits);
        }
        return switch (message) {
            case APPEND -> scanner.scanSingle(payload);
            case APPEND_BATCH -> scanner.scanArray(payload);
        };
    }

    private static void checkOrigin(CallMetadata metadata, EventBatch batch) {
        try {
            metadata.checkOriginOf(batch.events());
        } catch (MalformedException e) {
            batch.release();
            throw e;
        }
    }

    private static MalformedException unknown(String name) {
        String shown = name.length() <= MAX_NAME_SHOWN ? name : name.substring(0, MAX_NAME_SHOWN) + "...";
        return new MalformedException(
                "unknown message: " + shown + " (expected: append or appendBatch of " + FlumeProtocol.TEXT + ")");
    }
}
