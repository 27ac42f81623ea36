package org.millrace.durable.log;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.millrace.api.ChannelException;
import org.millrace.codec.EventBatch;
import org.millrace.testkit.Batches;

/** A put of one batch, which tells what came of it: the sequence of its first event, or why it failed. Releases its batch then. */
public class TestPut extends CompletableFuture<Long> implements Append {
    private final EventBatch batch;

    /** Takes the batch over. */
    TestPut(EventBatch batch) {
        this.batch = batch;
    }

    /** Takes the batch over. */
    public static TestPut of(EventBatch batch) {
        return new TestPut(batch);
    }

    /** Events that tell their numbers. */
    public static TestPut numbered(int first, int events) {
        return new TestPut(Batches.numbered(first, events));
    }

    /** One event of so many bytes. */
    static TestPut sized(int bodyBytes) {
        return sized(1, bodyBytes);
    }

    /** Of events of so many bytes each. */
    static TestPut sized(int events, int bodyBytes) {
        return new TestPut(Batches.sized(events, bodyBytes));
    }

    @Override
    public List<EventBatch> batches() {
        return List.of(batch);
    }

    @Override
    public int events() {
        return batch.events();
    }

    @Override
    public int encodedBytes() {
        return batch.encodedBytes();
    }

    /** The same, with others to follow and a flush behind them. */
    static TestPut unflushed(int first, int events) {
        return new TestPut(Batches.numbered(first, events)) {
            @Override
            public boolean moreFollows() {
                return true;
            }
        };
    }

    @Override
    public int bodyBytes() {
        return Math.toIntExact(batch.bodyBytes());
    }

    @Override
    public void durable(long firstSequence) {
        settle(complete(firstSequence));
    }

    @Override
    public void failed(ChannelException why) {
        settle(completeExceptionally(why));
    }

    private void settle(boolean isFirst) {
        if (!isFirst) {
            throw new AssertionError("answered twice: " + this);
        }
        batch.release();
    }
}
