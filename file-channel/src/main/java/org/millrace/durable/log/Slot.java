package org.millrace.durable.log;

import org.millrace.durable.storage.Storage;

/** What was found in a slot's file. */
sealed interface Slot {
    Storage storage();

    String name();

    /** Nothing but zeros where a segment begins. */
    record Blank(Storage storage, String name, long fileBytes) implements Slot {}

    /** Nothing that makes sense. Either its first use was cut short, or it was damaged beyond reading. */
    record Garbage(Storage storage, String name, long fileBytes) implements Slot {}

    /** Nothing of ours, or nothing that the disk gives us. */
    record Unusable(Storage storage, String name, String why) implements Slot {}

    /**
     * A segment, whether or not anybody needs it.
     *
     * @param isRebuilt its first block is damaged; the header is made up from what its groups say
     */
    record Used(Segment segment, long fileBytes, boolean isRebuilt) implements Slot {
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
