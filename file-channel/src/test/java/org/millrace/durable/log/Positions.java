package org.millrace.durable.log;

import java.util.List;
import java.util.Map;
import org.millrace.durable.format.EventRange;
import org.millrace.durable.format.PositionUpdate;

/** Position updates of {@link TestLog#READER}. */
final class Positions {
    private Positions() {}

    /** Everything before this event is committed. */
    static PositionUpdate upTo(long sequence) {
        return new PositionUpdate(TestLog.READER, List.of(new EventRange(0, sequence)), Map.of());
    }

    static PositionUpdate attaching(long sequence, byte[] state) {
        return new PositionUpdate(TestLog.READER, List.of(new EventRange(0, sequence)), Map.of("sink", state));
    }
}
