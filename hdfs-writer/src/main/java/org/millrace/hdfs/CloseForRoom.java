package org.millrace.hdfs;

import java.io.IOException;

/**
 * Closes a file in the turn that has written it, to make room for others. If that takes long, the turn goes on without it. Run by a
 * thread of {@link HadoopCalls}; all else on the sink's.
 */
final class CloseForRoom implements HadoopCalls.Work {
    private final BucketWrite write;
    private final Buckets buckets;
    private volatile boolean over;
    private boolean isLate;

    /** @param write that was written in this turn */
    CloseForRoom(BucketWrite write, Buckets buckets) {
        this.write = write;
        this.buckets = buckets;
    }

    @Override
    public void run() throws IOException {
        try {
            write.bucket().close(RollReason.TOO_MANY_OPEN);
        } finally {
            over = true;
        }
    }

    @Override
    public void slow() {
        isLate = true;
        write.follows(() -> over);
        buckets.closesLate(write);
    }

    @Override
    public void succeeded() {
        if (isLate && !write.isDisowned()) {
            buckets.closedLate(write);
        }
    }

    @Override
    public void failed(IOException cause, boolean begun) {
        if (!begun) {
            buckets.notClosed(write);
        } else if (!write.isDisowned()) {
            buckets.closeFailed(write, cause);
        }
    }
}
