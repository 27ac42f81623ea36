package org.millrace.durable.log;

import org.millrace.durable.storage.Storage;

/** What was found in a slot's file. */
sealed interface Slot {
    /** Of a segment; where it is not sound, its header is made up from what the groups say. */
    enum FirstBlock {
        SOUND,
        /** Not as it should be, and nothing says that it ever was. */
        TORN,
        /** It was on disk once. */
        DAMAGED
    }

    Storage storage();

    String name();

    /** Nothing but zeros where a segment begins. */
    record Blank(Storage storage, String name, long fileBytes) implements Slot {}

    /** Nothing that makes sense. Either its first use was cut short, or it was damaged beyond reading. */
    record Garbage(Storage storage, String name, long fileBytes) implements Slot {}

    /** Nothing of ours, or nothing that the disk gives us. */
    record Unusable(Storage storage, String name, String why) implements Slot {}

    /**
     * An encrypted segment whose first block is gone, and with it the key: only the heads of its groups can be read.
     *
     * @param segment as they say
     * @param startsAt sequence that the segment before it reached; -1 if they do not say
     * @param endSequence behind the last event
     * @param isForced whether it was ever on disk, as one of its groups says; else its roll may just have been cut short
     */
    record Keyless(Segment segment, long fileBytes, long startsAt, long endSequence, boolean isForced) implements Slot {
        @Override
        public Storage storage() {
            return segment.storage();
        }

        @Override
        public String name() {
            return segment.slot();
        }
    }

    /**
     * A segment, whether or not anybody needs it.
     *
     * @param firstBlock what became of it
     */
    record Used(Segment segment, long fileBytes, FirstBlock firstBlock) implements Slot {
        @Override
        public Storage storage() {
            return segment.storage();
        }

        @Override
        public String name() {
            return segment.slot();
        }
    }
}
