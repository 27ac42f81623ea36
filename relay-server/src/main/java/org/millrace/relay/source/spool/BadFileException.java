package org.millrace.relay.source.spool;

import java.io.IOException;
import java.io.Serial;

/** What is wrong with a file is in the file, or in the name that it is to get: to try again later is of no use. */
final class BadFileException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    BadFileException(String reason) {
        super(reason);
    }

    BadFileException(String reason, Throwable cause) {
        super(reason, cause);
    }

    /** The same failure, if it is not told from others yet. */
    static BadFileException of(IOException failure) {
        if (failure instanceof BadFileException bad) {
            return bad;
        }
        String message = failure.getMessage();
        return message != null && failure.getClass() == IOException.class
                ? new BadFileException(message, failure)
                : new BadFileException(failure.toString(), failure);
    }
}
