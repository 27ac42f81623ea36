package org.millrace.jms;

/** A message of which no event can be made, now or later. */
final class RefusedMessageException extends Exception {
    RefusedMessageException(String message) {
        super(message);
    }

    RefusedMessageException(String message, Throwable cause) {
        super(message, cause);
    }
}
