package org.millrace.thrift;

import org.millrace.codec.EventBatch;
import org.millrace.codec.MalformedException;

/** What a peer asks. */
sealed interface Call {
    String method();

    /** The sender's number of it, to be sent back with the answer. */
    int serial();

    /**
     * Events to be stored.
     *
     * @param batch the receiver owns it
     */
    record Append(String method, int serial, EventBatch batch) implements Call {
        boolean isBatch() {
            return method.equals(FlumeService.APPEND_BATCH);
        }
    }

    /**
     * One that is not carried out.
     *
     * @param exceptionType libthrift's number for what is wrong
     */
    record Refused(String method, int serial, int exceptionType, MalformedException reason) implements Call {}
}
