package org.millrace.api.part;

/** No events can be made of a message. */
public final class RefusedMessageException extends Exception {
    private static final long serialVersionUID = 1;

    /** @param message for the operator; nothing of the message's content */
    public RefusedMessageException(String message) {
        super(message);
    }

    /** @param message for the operator; nothing of the message's content */
    public RefusedMessageException(String message, Throwable cause) {
        super(message, cause);
    }
}
