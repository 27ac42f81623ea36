package org.millrace.codec;

/** A size that a peer asks for is over what {@link CodecLimits} allows; found before any memory was set aside for it. */
public final class LimitExceededException extends MalformedException {
    private final String limit;

    /** @param limit the name of the limit, as the metric and the setting call it, e.g. {@code maxFrameBytes} */
    public LimitExceededException(String limit, long found, long allowed) {
        super(limit + ": " + found + " (expected: at most " + allowed + ")");
        this.limit = limit;
    }

    public String limit() {
        return limit;
    }
}
