package org.millrace.shipper;

import java.io.IOException;

/** A relay has answered that it did not take a batch. */
final class RefusedException extends IOException {
    RefusedException(String message) {
        super(message);
    }

    RefusedException(IOException answer) {
        super(answer.getMessage(), answer);
    }
}
