package org.millrace.hdfs;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Timer;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;
import org.millrace.api.SinkMetrics;

/** The figures of a sink's files: Flume's, where a connection is an open file, and our own. Thread-safe. */
final class HdfsMetrics {
    /** Flume's ConnectionClosedCount and ConnectionFailedCount. */
    final Counter closed;

    final Counter failed;

    /** Bytes handed to Hadoop, as they stand in the files. */
    final Counter bytesWritten;

    /** Files that got their final name. */
    final Counter finished;

    /** Files that were found at the start and got their final name. */
    final Counter recovered;

    /** Files that keep their in-use name, as nothing more is tried. */
    final Counter leftInUse;

    /** Files that were finished early, as too many others are open. */
    final Counter finishedForRoom;

    final Counter renamesFailed;
    /** Flume's EventWriteFail: writes to a bucket. */
    final Counter writesFailed;

    final Counter withoutTimestamp;
    final Timer opens;
    final Timer flushes;
    final Timer finishes;

    private final Counter created;
    private final Counter delivered;
    private final Map<BucketFile, Long> open = new ConcurrentHashMap<>();

    HdfsMetrics(SinkMetrics sink, InstantSource clock) {
        created = sink.connectionsCreated;
        delivered = sink.drainSuccesses;
        closed = sink.connectionsClosed;
        failed = sink.connectionsFailed;
        bytesWritten = sink.counter("bytesWritten");
        finished = sink.counter("filesFinished");
        recovered = sink.counter("filesRecovered");
        leftInUse = sink.counter("filesLeftInUse");
        finishedForRoom = sink.counter("filesFinishedForRoom");
        renamesFailed = sink.counter("renamesFailed");
        withoutTimestamp = sink.counter("eventsWithoutTimestamp");
        writesFailed = sink.eventWriteFails;
        opens = sink.timer("open");
        flushes = sink.timer("flush");
        finishes = sink.timer("finish");
        sink.gauge("openFiles", open::size);
        sink.gauge("oldestOpenFileMillis", () -> oldestMillis(clock));
        sink.gauge("oldestOpenFile", this::oldestPath);
        sink.gauge("openFileEvents", () -> sum(BucketFile::flushedEvents));
        sink.gauge("openFileBytes", () -> sum(BucketFile::flushedBytes));
    }

    /** Events that are committed: Flume's EventDrainSuccessCount. */
    void delivered(int events) {
        delivered.inc(events);
    }

    void opened(BucketFile file) {
        created.inc();
        open.put(file, file.openedAt().toEpochMilli());
    }

    void noLongerOpen(BucketFile file) {
        open.remove(file);
    }

    private long sum(ToLongFunction<BucketFile> figure) {
        return open.keySet().stream().mapToLong(figure).sum();
    }

    /** Empty if there is none. */
    private String oldestPath() {
        return open.entrySet().stream()
                .min(Map.Entry.comparingByValue())
                .map(oldest -> oldest.getKey().inUse().toString())
                .orElse("");
    }

    private long oldestMillis(InstantSource clock) {
        long now = clock.millis();
        return open.values().stream()
                .mapToLong(openedAt -> now - openedAt)
                .max()
                .orElse(0);
    }
}
