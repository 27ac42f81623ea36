package org.millrace.api;

/** A channel had no room for a batch within its keep-alive. */
public final class ChannelFullException extends ChannelException {
    public ChannelFullException(String message) {
        super(message);
    }

    /** An answer to a sender, raised for each batch while a channel is full: it needs no stack. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
