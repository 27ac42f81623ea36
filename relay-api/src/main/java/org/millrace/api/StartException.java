package org.millrace.api;

/** A component cannot start. The message is for an operator: what was tried, what came of it, what is expected. */
public final class StartException extends Exception {
    public StartException(String message) {
        super(message);
    }

    public StartException(String message, Throwable cause) {
        super(message, cause);
    }
}
