package org.millrace.shipper;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A relay that could be reached did not take a batch: it has said so or answered with an error; or it closed the connection or did not
 * answer in time, and then it may have stored the events all the same.
 */
final class RefusedException extends IOException {
    RefusedException(String message) {
        super(message);
    }

    RefusedException(@Nullable Throwable failure) {
        super(failure == null ? "no answer" : failure.getMessage(), failure);
    }
}
