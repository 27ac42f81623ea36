package org.millrace.api;

/** A sink could not deliver what it took. It has rolled back; the events will be taken again after a pause. */
public final class DeliveryException extends Exception {
    public DeliveryException(String message) {
        super(message);
    }

    public DeliveryException(String message, Throwable cause) {
        super(message, cause);
    }
}
