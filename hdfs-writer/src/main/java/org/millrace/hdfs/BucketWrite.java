package org.millrace.hdfs;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventReader;

/** What one turn of the sink writes into one bucket. Filled by the sink's thread, run by one of {@link HadoopCalls}. */
final class BucketWrite implements HadoopCalls.Work {
    private final Bucket bucket;
    private final RollPolicy policy;
    private final Ended ended;
    private final List<Run> runs = new ArrayList<>();
    private final List<Place> places = new ArrayList<>();
    /** From then on its thread gives the batches back, perhaps long after it was given up. The sink's thread only. */
    private boolean handedOver;

    private volatile boolean over;
    /** A call of its bucket's that is made before or after the write; null: none that matters. The sink's thread only. */
    private @Nullable BooleanSupplier otherOver;

    /** Where its events are kept, if the bucket could not take them before; null: taken in this turn. */
    private HeldEvents.@Nullable Portion portion;

    /** Its events are the channel's again: what comes of it is of no interest. The sink's thread only. */
    private boolean disowned;

    /** Told, on the sink's thread, how a write came out. */
    interface Ended {
        void written(BucketWrite write);

        /** Told later: until then neither the bucket nor what is written may be touched. */
        void slow(BucketWrite write);

        void failed(BucketWrite write, IOException cause);

        /** No thread was free for it: nothing has become of it, nor of its bucket. */
        void notBegun(BucketWrite write, IOException why);
    }

    /** Neighbours in one batch, from the event that the reader stands on. The batch has a reference of ours. */
    private record Run(EventBatch batch, EventReader reader, Place place) {}

    /** Where neighbours stand in their batch. The sink's thread only. */
    static final class Place {
        private final EventBatch batch;
        private final int bodyOffset;
        private int events = 1;

        Place(EventBatch batch, int bodyOffset) {
            this.batch = batch;
            this.bodyOffset = bodyOffset;
        }

        EventBatch batch() {
            return batch;
        }

        /** Of the first one's body: tells it from others of its batch. */
        int bodyOffset() {
            return bodyOffset;
        }

        int events() {
            return events;
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

    HeldEvents.@Nullable Portion portion() {
        return portion;
    }

    /** As {@link #portion}, of one that is kept for certain. */
    HeldEvents.Portion keptPortion() {
        return Objects.requireNonNull(portion);
    }

    void keptIn(HeldEvents.Portion keeping) {
        portion = keeping;
    }

    /** Adds all events of a batch. */
    void addAll(EventBatch batch) {
        EventReader event = batch.reader();
        for (boolean isNeighbour = false; event.next(); isNeighbour = true) {
            add(batch, event, isNeighbour);
        }
    }

    /** Where its events stand, also once they have been written. */
    List<Place> places() {
        return places;
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
            places.get(places.size() - 1).events++;
        } else {
            Place place = new Place(batch, event.bodyOffset());
            places.add(place);
            runs.add(new Run(batch.retain(), event.fork(), place)); // a call that hangs may outlast the transaction
        }
    }

    @Override
    public void run() throws IOException {
        try {
            for (Run run : runs) {
                bucket.append(run.reader);
                for (int i = 1; i < run.place.events; i++) {
                    run.reader.next();
                    bucket.append(run.reader);
                }
            }
            bucket.flush();
        } finally {
            release();
            over = true;
        }
    }

    @Override
    public void succeeded() {
        if (!disowned) {
            ended.written(this);
        }
    }

    @Override
    public void slow() {
        ended.slow(this);
    }

    @Override
    public void failed(IOException cause, boolean begun) {
        if (!begun) {
            release();
            ended.notBegun(this, cause);
        } else if (!disowned) {
            ended.failed(this, cause);
        }
    }

    /** Nobody is to be told any more how it comes out. */
    void disown() {
        disowned = true;
    }

    boolean isDisowned() {
        return disowned;
    }

    /** It is another call that takes long: one to find names before the write, or to close the file after it. */
    void follows(BooleanSupplier callOver) {
        otherOver = callOver;
    }

    /** True if no thread but the sink's is at it. The sink's thread only. */
    boolean isOver() {
        return otherOver == null ? over : otherOver.getAsBoolean();
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
