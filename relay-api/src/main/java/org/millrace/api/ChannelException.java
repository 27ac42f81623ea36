package org.millrace.api;

/** A channel did not take a batch, or cannot give one. The batch is not in the channel; to try again later is safe. */
public class ChannelException extends RuntimeException {
    public ChannelException(String message) {
        super(message);
    }

    public ChannelException(String message, Throwable cause) {
        super(message, cause);
    }
}
