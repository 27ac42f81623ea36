package org.millrace.durable.log;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** There is no slot for another segment. Nothing has been touched. */
final class NoSlotException extends IOException {
    private static final long serialVersionUID = 1;

    private final boolean isDiskFull;

    /** @param isDiskFull or else the disk fails */
    NoSlotException(String message, boolean isDiskFull, @Nullable Throwable cause) {
        super(message, cause);
        this.isDiskFull = isDiskFull;
    }

    boolean isDiskFull() {
        return isDiskFull;
    }
}
