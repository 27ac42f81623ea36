package org.millrace.durable.log;

import java.util.List;
import java.util.UUID;
import org.millrace.durable.format.LogState;
import org.millrace.durable.storage.Storage;

/**
 * What was found in a log's directories. The newest segment is never written to again: its tail may be torn.
 *
 * @param logId of the log; a fresh one if there was none
 * @param state as of the last sound record
 * @param endSequence of the next event to be put
 * @param nextNumber of the next segment; above that of everything found, damaged or not
 * @param segments in use, oldest first
 * @param free slots that may be used, prepared (zeroed or used before) and of the right size
 * @param quarantine knows what was set aside already; readers' damage goes there too
 * @param lostEvents found lost by this recovery, also counted in {@code state}
 * @param setAsideBytes set aside by this recovery, also counted in {@code state}
 */
record Recovered(
        UUID logId,
        LogState state,
        long endSequence,
        long nextNumber,
        Segments segments,
        List<FreeSlot> free,
        Quarantine quarantine,
        long lostEvents,
        long setAsideBytes) {

    /** A file that holds nothing of worth. */
    record FreeSlot(Storage storage, String slot) {
        @Override
        public String toString() {
            return storage.path().resolve(slot).toString();
        }
    }
}
