package org.millrace.hdfs;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a turn took and could not write: writes that failed, and those that no thread was free for. The sink's thread only. */
final class TurnFailures {
    private final Map<BucketWrite, IOException> failed = new LinkedHashMap<>();
    private final Map<BucketWrite, IOException> notBegun = new LinkedHashMap<>();

    void failed(BucketWrite write, IOException cause) {
        failed.put(write, cause);
    }

    void notBegun(BucketWrite write, IOException why) {
        notBegun.put(write, why);
    }

    boolean isEmpty() {
        return failed.isEmpty() && notBegun.isEmpty();
    }

    /** True if the file system did not do what it was asked to; not if it was asked for nothing. */
    boolean hasFailed() {
        return !failed.isEmpty();
    }

    /** True if an event is to blame: to hold it back would not heal it. */
    boolean isForAnEvent() {
        return failed.values().stream().anyMatch(UnwritableEventException.class::isInstance);
    }

    /** All of them in one; not if there is none. */
    IOException cause() {
        List<IOException> causes = new ArrayList<>(failed.values());
        causes.addAll(notBegun.values());
        IOException first = causes.get(0);
        causes.stream().skip(1).filter(other -> !other.equals(first)).forEach(first::addSuppressed);
        return first;
    }

    /** Says when they are to be tried again. */
    void tell(HeldEvents held) {
        failed.forEach((write, cause) -> held.failed(write.bucket().id(), cause));
        notBegun.forEach((write, why) -> held.notBegun(write.bucket().id(), why));
    }

    void clear() {
        failed.clear();
        notBegun.clear();
    }
}
