package org.millrace.relay.sink;

import java.util.List;
import org.millrace.api.DeliveryException;

/**
 * A lack of what lies outside the Java heap: memory for the buffers of sockets, or threads. Others give some back in a moment, and all objects
 * are whole, so this is a failure like another. Java does not end the process for it, as it does where the heap is full.
 */
public final class NativeShortage {
    /** What JDK 17 and later and Netty say; there are no types for it. */
    private static final List<String> SAYINGS =
            List.of("direct memory", "direct buffer memory", "Unable to allocate", "unable to create native thread");

    private NativeShortage() {}

    /** @throws OutOfMemoryError the error itself, where it means something else */
    public static DeliveryException asFailure(OutOfMemoryError error) {
        if (!isMeantBy(error)) {
            throw error;
        }
        return new DeliveryException("threads or memory outside the heap are short", error);
    }

    static boolean isMeantBy(OutOfMemoryError error) {
        String message = String.valueOf(error.getMessage());
        return SAYINGS.stream().anyMatch(message::contains);
    }
}
