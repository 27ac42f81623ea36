package org.millrace.hdfs;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventReader;

/** What one turn of the sink writes into one bucket. Filled by the sink's thread, run by one of {@link HadoopCalls}. */
final class BucketWrite implements HadoopCalls.Work {
    private final Bucket bucket;
    private final RollPolicy policy;
    private final Ended ended;
    private final List<Run> runs = new ArrayList<>();
    /** From then on its thread gives the batches back, perhaps long after it was given up. The sink's thread only. */
    private boolean handedOver;

    /** Told, on the sink's thread, how a write came out. */
    interface Ended {
        void written(Bucket bucket);

        void failed(Bucket bucket, IOException cause);
    }

    /** Neighbours in one batch, from the event that the reader stands on. The batch has a reference of ours. */
    private static final class Run {
        private final EventBatch batch;
        private final EventReader reader;
        private int events = 1;

        Run(EventBatch batch, EventReader reader) {
            this.batch = batch;
            this.reader = reader;
        }
    }

    /** Files that will have to be opened, and what will be in the last one. */
    private int newFiles;

    private long fileEvents;
    private long fileBodyBytes;

    BucketWrite(Bucket bucket, RollPolicy policy, Ended ended) {
        this.bucket = bucket;
        this.policy = policy;
        this.ended = ended;
        BucketFile open = bucket.file();
        if (open == null || bucket.isOver()) {
            newFiles = 1;
        } else {
            fileEvents = open.events();
            fileBodyBytes = open.bodyBytes();
        }
    }

    Bucket bucket() {
        return bucket;
    }

    /** How many files are to be opened for the events so far. */
    int newFiles() {
        return newFiles;
    }

    /**
     * Adds the event that the reader stands on.
     *
     * @param isNeighbour the event before it in its batch was added here too
     */
    void add(EventBatch batch, EventReader event, boolean isNeighbour) {
        if (policy.isFull(fileEvents, fileBodyBytes)) {
            newFiles++;
            fileEvents = 0;
            fileBodyBytes = 0;
        }
        fileEvents++;
        fileBodyBytes += event.bodyLength();
        if (isNeighbour) {
            runs.get(runs.size() - 1).events++;
        } else {
            runs.add(new Run(batch.retain(), event.fork())); // a call that hangs may outlast the transaction
        }
    }

    @Override
    public void run() throws IOException {
        try {
            for (Run run : runs) {
                bucket.append(run.reader);
                for (int i = 1; i < run.events; i++) {
                    run.reader.next();
                    bucket.append(run.reader);
                }
            }
            bucket.flush();
        } finally {
            release();
        }
    }

    @Override
    public void succeeded() {
        ended.written(bucket);
    }

    @Override
    public void failed(IOException cause, boolean begun) {
        if (!begun) {
            release();
        }
        ended.failed(bucket, cause);
    }

    /** It is about to be run. */
    void handOver() {
        handedOver = true;
    }

    /** Gives the batches back, if it has not been handed over. */
    void drop() {
        if (!handedOver) {
            release();
        }
    }

    private void release() {
        runs.forEach(run -> run.batch.release());
        runs.clear();
    }
}
