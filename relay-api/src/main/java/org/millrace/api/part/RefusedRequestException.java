package org.millrace.api.part;

/** An HTTP request that makes no events. It may come as often as a peer likes, and has no stack. */
public final class RefusedRequestException extends Exception {
    private static final long serialVersionUID = 1;

    private static final int LEAST_STATUS = 400;
    private static final int MOST_STATUS = 599;

    private final int status;

    /**
     * @param status what to answer, 400 to 599
     * @param message for the peer and the log
     */
    public RefusedRequestException(int status, String message) {
        super(message, null, false, false);
        if (status < LEAST_STATUS || status > MOST_STATUS) {
            throw new IllegalArgumentException("status " + status + " (expected: 400 to 599)");
        }
        this.status = status;
    }

    /** What to answer. */
    public int status() {
        return status;
    }
}
