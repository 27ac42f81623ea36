package org.millrace.hdfs;

import java.io.IOException;
import java.util.List;

/**
 * Looks for the names of the files that a write is going to make. One that takes long holds up its bucket alone: its events are held
 * back, and tried again. Run by a thread of {@link HadoopCalls}; all else on the sink's.
 */
final class NameSearch implements HadoopCalls.Work {
    private final BucketWrite write;
    private final Buckets buckets;
    private List<FileEntry> finding = List.of();
    private volatile boolean over;
    private List<FileEntry> found = List.of();
    private boolean isLate;

    NameSearch(BucketWrite write, Buckets buckets) {
        this.write = write;
        this.buckets = buckets;
    }

    /** What the manifest is to have before the write; none if it failed or takes long. */
    List<FileEntry> found() {
        return found;
    }

    @Override
    public void run() throws IOException {
        try {
            finding = write.bucket().findNames(write.newFiles());
        } finally {
            over = true;
        }
    }

    @Override
    public void slow() {
        isLate = true;
        write.follows(() -> over);
        buckets.nameless(write);
        buckets.slow(write);
    }

    @Override
    public void succeeded() {
        if (!isLate) {
            found = finding;
            return;
        }
        write.bucket().dropNames(); // nobody was told of them
        if (!write.isDisowned()) {
            buckets.foundLate(write.bucket());
        }
    }

    @Override
    public void failed(IOException cause, boolean begun) {
        if (!isLate) {
            buckets.nameless(write);
        }
        if (!begun) {
            buckets.notBegun(write, cause);
        } else if (!write.isDisowned()) {
            buckets.failed(write, cause);
        }
    }
}
