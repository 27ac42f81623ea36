package org.millrace.durable.log;

import java.io.IOException;
import org.millrace.durable.format.Blocks;
import org.millrace.durable.format.GroupHeader;

/** Whether a restart can go on from a segment. */
enum SegmentBeginning {
    /** It can be read from its snapshot on. */
    SNAPSHOT,
    /** Its snapshot is gone; groups behind it are there. */
    DAMAGED,
    /** Nothing in it is sound: it was about to be begun. */
    NONE;

    /**
     * Of the segment that the scanner stands at the first group of.
     *
     * @throws IOException if the disk does not answer
     */
    static SegmentBeginning of(GroupScanner groups) throws IOException {
        GroupHeader first = SecondTry.orNull(groups, groups::header);
        boolean hasSnapshot = false;
        if (first != null) {
            GroupContent content = GroupContent.of(groups, first);
            hasSnapshot = content.snapshot() != null;
            if (hasSnapshot && content.damage().isEmpty()) {
                return SNAPSHOT;
            }
        }
        groups.moveTo(groups.offset() + (first == null ? Blocks.BYTES : first.paddedBytes()));
        if (SecondTry.orNull(groups, groups::seekHeader) == null) {
            return NONE;
        }
        return hasSnapshot ? SNAPSHOT : DAMAGED;
    }
}
