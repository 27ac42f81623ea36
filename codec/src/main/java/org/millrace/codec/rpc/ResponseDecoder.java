package org.millrace.codec.rpc;

import io.netty.buffer.ByteBuf;
import org.millrace.codec.MalformedException;
import org.millrace.codec.WireReader;

/**
 * Reads the answer to a call: {@code [HandshakeResponse, if the call had a handshake] map<bytes> metadata, boolean error,
 * Status or error string}. No state; thread-safe.
 */
public final class ResponseDecoder {
    private static final int NONE = 2;
    private static final int MATCHES = 3;
    private static final String[] STATUSES = {"OK", "FAILED", "UNKNOWN"};

    /** No metadata, no error, OK. */
    private static final byte[] STORED = {0, 0, 0};

    /** No metadata, error, a string. */
    private static final byte[] BARE_ERROR = {0, 1, 0};

    private ResponseDecoder() {}

    /**
     * @param payload of the frame, with an array; lent
     * @param toFirst whether it answers a call that carried a handshake
     * @throws MalformedException if it is not an answer
     */
    public static Response decode(ByteBuf payload, boolean toFirst) {
        WireReader in =
                new WireReader(payload.array(), payload.arrayOffset() + payload.readerIndex(), payload.readableBytes());
        if (toFirst && in.skipIf(BARE_ERROR)) { // from a peer that could not read the handshake, so it answers none
            return Response.error(readText(in));
        }
        if (toFirst) {
            int match = in.readIndex("handshake match", MATCHES);
            byte[] serverHash = readHandshakeRest(in);
            if (match == NONE) {
                return Response.wantsProtocol(serverHash);
            }
        }
        return in.skipIf(STORED) ? Response.STORED : decodeOutcome(in);
    }

    /** Behind the match; returns the peer's hash. Its text is of no use to us: we only send what it knows. */
    private static byte[] readHandshakeRest(WireReader in) {
        if (isPresent(in, "serverProtocol")) {
            in.skip(in.readLength("serverProtocol"));
        }
        byte[] serverHash = isPresent(in, "serverHash")
                ? in.readFixed("serverHash", FlumeProtocol.HASH_BYTES)
                : FlumeProtocol.hash();
        if (isPresent(in, "handshake meta")) {
            CallMetadata.skipMap(in);
        }
        return serverHash;
    }

    private static Response decodeOutcome(WireReader in) {
        CallMetadata.skipMap(in);
        if (in.readFixed("error flag", 1)[0] != 0) {
            in.readIndex("error", 1); // a union of a string alone: the protocol declares no errors
            return Response.error(readText(in));
        }
        String status = STATUSES[in.readIndex("status", STATUSES.length)];
        return status.equals("OK") ? Response.STORED : Response.refused(status);
    }

    private static String readText(WireReader in) {
        return in.readString("error text", "maxErrorBytes", Integer.MAX_VALUE); // the frame's limit bounds it
    }

    private static boolean isPresent(WireReader in, String what) {
        return in.readIndex(what, 2) == 1;
    }
}
