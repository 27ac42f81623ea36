package org.millrace.api.support;

import org.millrace.codec.EventBatch;

/** A batch that a transaction has taken, with what its channel wants to know of it later. */
public interface TakenBatch {
    /** Owned by whoever holds this. */
    EventBatch batch();
}
