package org.millrace.api;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.millrace.codec.EventBatch;

/**
 * Holds events between sources and sinks. All methods may be called by any thread at any time between start and close.
 *
 * <p>First in, first out; several sinks on one channel share its events. A batch is all in or not at all. What is taken is out
 * only once its transaction commits.
 */
public interface Channel extends Component {
    String name();

    /** The most events that one transaction may put or take, and so the most that one batch may hold. */
    int transactionCapacity();

    /**
     * Puts a batch, without blocking: the way in for an event loop. While the channel is full the batch waits up to the channel's
     * keep-alive.
     *
     * @param batch taken over, whatever comes of it
     * @return completes once the batch is as safe as this channel makes it; or with a {@link ChannelException}: then nothing of it is
     *     in the channel. It may complete on any thread, which must not be held up. Nobody but the channel completes it
     */
    CompletableFuture<Void> submit(EventBatch batch);

    /** False once the channel is so full that a source should stop reading from its peers, until {@link #onRoom}. */
    boolean hasRoom();

    /** Runs the action once, on any thread, when {@link #hasRoom} is true again; at once if it is. The action must not block. */
    void onRoom(Runnable action);

    /** Opens a transaction, for a thread that may block. */
    Transaction begin();

    /**
     * Waits until a transaction may take events.
     *
     * @return false if the time ran out first
     */
    boolean awaitEvents(Duration timeout) throws InterruptedException;
}
