package org.millrace.durable.log;

import java.io.IOException;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.millrace.durable.format.GroupHeader;

/**
 * What stands behind a bad place in the newest segment, as far as it tells whether the place was ever safe. Puts and the positions that
 * go with them are written one behind the other for one force: a loss of power may tear the puts and leave the positions whole.
 *
 * @param isForced a group says that the place had been on disk before it was written itself
 * @param hasEvents a group has events: they may have been acked, whatever became of the place
 */
record Behind(boolean isForced, boolean hasEvents) {
    static final Behind NOTHING = new Behind(false, false);

    /**
     * Looks at all groups from where the scanner stands, and leaves it there.
     *
     * @param place offset of the bad place
     * @throws IOException if the disk does not answer
     */
    static Behind look(GroupScanner groups, long place) throws IOException {
        return Heads.from(groups).behind(groups, place);
    }

    /** What the heads of groups say, for any number of bad places: each is read once. By their LSN. */
    record Heads(NavigableMap<Long, GroupHeader> byLsn) {
        /** From where the scanner stands, where it is left. */
        static Heads from(GroupScanner groups) throws IOException {
            NavigableMap<Long, GroupHeader> heads = new TreeMap<>();
            long offset = groups.offset();
            for (GroupHeader header = seek(groups); header != null; header = seek(groups)) {
                heads.put(header.lsn(), header);
                groups.skip(header);
            }
            groups.moveTo(offset);
            return new Heads(heads);
        }

        /** @param place offset of a bad one before where the scanner stands */
        Behind behind(GroupScanner groups, long place) {
            long base = groups.segment().baseLsn();
            boolean isForced = false;
            boolean hasEvents = false;
            for (GroupHeader head : byLsn.tailMap(base + groups.offset()).values()) {
                isForced |= head.durableLsn() > base + place;
                hasEvents |= head.events() > 0;
            }
            return new Behind(isForced, hasEvents);
        }
    }

    private static @Nullable GroupHeader seek(GroupScanner groups) throws IOException {
        return SecondTry.orNull(groups, groups::seekHeader);
    }

    /** Nobody was told that what stood there is safe; nor is anything lost with it that stands behind. */
    boolean isTorn() {
        return !isForced && !hasEvents;
    }
}
