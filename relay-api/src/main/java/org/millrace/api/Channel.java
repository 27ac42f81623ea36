package org.millrace.api;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.EventBatch;
import org.millrace.codec.Origin;

/**
 * Holds events between sources and sinks. All methods may be called by any thread at any time between start and close.
 *
 * <p>First in, first out; several sinks on one channel share its events. A batch is all in or not at all. What is taken is out
 * only once its transaction commits.
 */
public interface Channel extends Component, ChannelReader {
    @Override
    String name();

    /** The most events that one transaction may put or take, and so the most that one batch may hold. */
    @Override
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

    /**
     * As {@link #submit}, by a thread that has more batches at hand: the channel may wait with what it shares among batches, such as
     * a force of its disk, until that thread calls {@link #flush}.
     */
    default CompletableFuture<Void> submitUnflushed(EventBatch batch) {
        return submit(batch);
    }

    /**
     * As {@link #submitUnflushed(EventBatch)}, for events that their sender has numbered. A channel that remembers the numbers of what it
     * holds, and has held, does not put those events again, and answers as it did before; of a batch that is known in part, it puts the
     * rest. Any other channel does not look at the numbers.
     *
     * @param origin of the first event; the others count on from it
     */
    default CompletableFuture<Void> submitUnflushed(EventBatch batch, Origin origin) {
        return submitUnflushed(batch);
    }

    /** To be called soon after {@link #submitUnflushed}, once for any number of batches: nothing waits for more of them any longer. */
    default void flush() {}

    /**
     * Why the channel can never take the batch, not even when it is empty, so that a put would end with a {@link
     * BatchTooLargeException}; null if it can, and for a channel that cannot tell. Whoever puts a batch into several channels asks all of
     * them first: what one refuses as a whole has then not gone into another, from where it would come once more in parts.
     *
     * @param batch lent
     */
    default @Nullable String neverFits(EventBatch batch) {
        return null;
    }

    /** False once the channel is so full that a source should stop reading from its peers, until {@link #onRoom}. */
    boolean hasRoom();

    /** Runs the action once, on any thread, when {@link #hasRoom} is true again; at once if it is. The action must not block. */
    void onRoom(Runnable action);

    /** Opens a transaction that puts or takes, for a thread that may block. A channel of several readers takes through those alone. */
    @Override
    Transaction begin();

    /** True if the events that it holds survive the end of the process: then nobody has to wait for it to be empty. */
    default boolean isDurable() {
        return false;
    }

    /**
     * True if it keeps directories for itself while it is open: what is to take its place there can start only once it is closed. A
     * durable channel does.
     */
    default boolean ownsDirectories() {
        return isDurable();
    }

    /**
     * How many events would be lost if it were closed now, those that sinks have taken and not committed included; 0 also for a channel
     * that cannot tell.
     */
    default long eventsInMemory() {
        return 0;
    }

    /** Names of the channel's readers; none: the channel itself is the only one. Known before it is started. */
    default List<String> readerNames() {
        return List.of();
    }

    /**
     * One of several readers: each has a position of its own and sees every event, which is stored once.
     *
     * @throws IllegalArgumentException if the name is not among {@link #readerNames}
     */
    default ChannelReader reader(String name) {
        throw new IllegalArgumentException("channel " + name() + " has no reader " + name);
    }
}
