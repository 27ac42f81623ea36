package org.millrace.codec;

/** Bytes from outside that are not what the wire format allows. The message says where, what was found and what was expected. */
public class MalformedException extends RuntimeException {
    public MalformedException(String message) {
        super(message);
    }

    public MalformedException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Raised for each bad input, often by an attacker: the stack would cost more than the check. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
