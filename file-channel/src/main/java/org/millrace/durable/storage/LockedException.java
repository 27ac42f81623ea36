package org.millrace.durable.storage;

/** The directory belongs to another process, or to another channel of this one. */
public final class LockedException extends Exception {
    private static final long serialVersionUID = 1;

    public LockedException(String message) {
        super(message);
    }
}
