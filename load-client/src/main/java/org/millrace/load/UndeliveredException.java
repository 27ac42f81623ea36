package org.millrace.load;

import java.io.IOException;

/** A batch has not been acked in all of its tries. */
final class UndeliveredException extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean refusal;

    /** @param refusal true if each host that it was sent to said that it has not taken it */
    UndeliveredException(String message, Throwable cause, boolean refusal) {
        super(message, cause);
        this.refusal = refusal;
    }

    boolean isRefusal() {
        return refusal;
    }
}
