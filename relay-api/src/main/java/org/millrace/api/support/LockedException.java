package org.millrace.api.support;

import java.io.Serial;

/** A directory belongs to another process, or to another part of this one. */
public final class LockedException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    /** @param message which directory, and whose it is */
    public LockedException(String message) {
        super(message);
    }
}
