package org.millrace.codec.rpc;

/** What a peer may call. */
public enum RpcMessage {
    /** One event. */
    APPEND("append"),
    /** An array of events. */
    APPEND_BATCH("appendBatch");

    private final String wireName;

    RpcMessage(String wireName) {
        this.wireName = wireName;
    }

    public String wireName() {
        return wireName;
    }
}
