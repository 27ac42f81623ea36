package org.millrace.hdfs;

import java.io.IOException;
import java.util.function.BooleanSupplier;

/** A call into Hadoop took longer than {@code hdfs.callTimeout} and was given up. */
final class CallTimeoutException extends IOException {
    private static final long serialVersionUID = 1;

    /** Not kept when the exception is written: then nobody waits. */
    private final transient BooleanSupplier over;

    CallTimeoutException(String message, BooleanSupplier over) {
        super(message);
        this.over = over;
    }

    /** Tells when the call has come back at last: until then its file is not to be touched. */
    BooleanSupplier over() {
        return over;
    }
}
