package org.millrace.api;

/** A channel can never take a batch, not even when it is empty. A part of it may fit. */
public final class BatchTooLargeException extends ChannelException {
    public BatchTooLargeException(String message) {
        super(message);
    }
}
