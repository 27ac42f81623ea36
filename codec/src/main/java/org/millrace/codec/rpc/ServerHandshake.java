package org.millrace.codec.rpc;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.WireReader;

/** The server's side of one connection's handshake: requests carry one until it has succeeded. One thread. */
final class ServerHandshake {
    private static final int MAX_PROTOCOL_BYTES = 256 << 10;
    private static final int NULL_OR_VALUE = 2;
    private static final int VALUE = 1;

    private final PeerProtocols protocols;
    private @Nullable PeerProtocol peer;

    ServerHandshake(PeerProtocols protocols) {
        this.protocols = protocols;
    }

    /** The peer's protocol, once the handshake has succeeded. */
    @Nullable
    PeerProtocol peer() {
        return peer;
    }

    /** Reads a HandshakeRequest: clientHash, clientProtocol, serverHash, meta. */
    HandshakeReply read(WireReader in) {
        byte[] clientHash = in.readFixed("handshake client hash", FlumeProtocol.HASH_BYTES);
        String text = in.readIndex("handshake client protocol", NULL_OR_VALUE) == VALUE
                ? in.readString("handshake client protocol", "maxProtocolBytes", MAX_PROTOCOL_BYTES)
                : null;
        byte[] serverHash = in.readFixed("handshake server hash", FlumeProtocol.HASH_BYTES);
        if (in.readIndex("handshake metadata", NULL_OR_VALUE) == VALUE) {
            CallMetadata.skipMap(in);
        }
        PeerProtocol known = protocols.find(clientHash);
        if (known == null && text != null) {
            known = protocols.learn(clientHash, text);
        }
        if (known == null) {
            return HandshakeReply.NONE;
        }
        peer = known;
        return Arrays.equals(serverHash, FlumeProtocol.hash()) ? HandshakeReply.BOTH : HandshakeReply.CLIENT;
    }
}
