package org.millrace.shipper;

import org.jspecify.annotations.Nullable;

/** Where a shipper says how it fares: the status log of the logging framework, never its loggers. Any thread. */
public interface ShipperListener {
    /** Something an operator should see, at most once a minute for each trouble. */
    void warn(String message, @Nullable Throwable cause);

    /** All is well again. */
    void info(String message);
}
