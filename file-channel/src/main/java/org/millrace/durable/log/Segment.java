package org.millrace.durable.log;

import org.millrace.durable.format.SegmentHeader;
import org.millrace.durable.storage.Storage;

/**
 * A segment in use: a file and what its first block says.
 *
 * @param slot the file's name; it never changes, and holds one segment after the other
 */
record Segment(Storage storage, String slot, SegmentHeader header) {
    /** Slots are called {@code slot-0001.seg}, {@code slot-0002.seg}... in each directory. */
    static final String SLOT_PREFIX = "slot-";

    static final String SLOT_SUFFIX = ".seg";

    long number() {
        return header.number();
    }

    /** Sequence of its first event. */
    long firstSequence() {
        return header.firstSequence();
    }

    /** Address of its first byte. */
    long baseLsn() {
        return header.number() * header.segmentBytes();
    }

    @Override
    public String toString() {
        return "segment " + number() + " (" + storage.path().resolve(slot) + ")";
    }
}
