package org.millrace.hdfs;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiPredicate;
import org.apache.hadoop.fs.Path;
import org.millrace.hdfs.FaultyFileSystem.Fault;
import org.millrace.hdfs.FaultyFileSystem.Op;

/** Calls that hang until the test ends it; an interrupt does not wake them, as Hadoop's client does not always wake up either. */
final class Hang {
    private final CountDownLatch end = new CountDownLatch(1);

    /** The first such call hangs. */
    Fault once(BiPredicate<Op, Path> which) {
        AtomicBoolean has = new AtomicBoolean();
        return (op, path) -> {
            if (which.test(op, path) && !has.getAndSet(true)) {
                awaitEnd();
            }
            return true;
        };
    }

    /** All such calls hang. */
    Fault all(BiPredicate<Op, Path> which) {
        return (op, path) -> {
            if (which.test(op, path)) {
                awaitEnd();
            }
            return true;
        };
    }

    /** The first such call for a file whose name begins like this hangs. */
    Fault once(Op hanging, String prefix) {
        return once(hanging.on(prefix));
    }

    /** They go on, and none hangs any more. */
    void end() {
        end.countDown();
    }

    private void awaitEnd() {
        boolean waiting = true;
        while (waiting) {
            try {
                end.await();
                waiting = false;
            } catch (InterruptedException e) {
                waiting = true;
            }
        }
    }
}
