package org.millrace.codec.rpc;

/** What a peer answered to a call. Immutable. */
public final class Response {
    /** What became of the call. */
    public enum Kind {
        /** The peer has every event safely. */
        STORED,
        /** The peer took none of the events, or does not know: {@link Response#text} is its status. */
        REFUSED,
        /** The peer could not serve the call: {@link Response#text} is its message. */
        ERROR,
        /** The peer did not look at the call: it wants our protocol's text first. */
        WANTS_PROTOCOL
    }

    private static final byte[] NO_HASH = {};

    static final Response STORED = new Response(Kind.STORED, "OK", NO_HASH);

    private final Kind kind;
    private final String text;
    private final byte[] serverHash;

    private Response(Kind kind, String text, byte[] serverHash) {
        this.kind = kind;
        this.text = text;
        this.serverHash = serverHash;
    }

    static Response refused(String status) {
        return new Response(Kind.REFUSED, status, NO_HASH);
    }

    static Response error(String message) {
        return new Response(Kind.ERROR, message, NO_HASH);
    }

    static Response wantsProtocol(byte[] serverHash) {
        return new Response(Kind.WANTS_PROTOCOL, "NONE", serverHash);
    }

    public Kind kind() {
        return kind;
    }

    /** The peer's words. */
    public String text() {
        return text;
    }

    /** With {@link Kind#WANTS_PROTOCOL}: what to tell the peer as its hash in {@link RequestEncoder#encodeAgain}. */
    public byte[] serverHash() {
        return serverHash.clone();
    }

    @Override
    public String toString() {
        return kind + "(" + text + ")";
    }
}
