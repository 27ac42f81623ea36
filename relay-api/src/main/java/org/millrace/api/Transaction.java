package org.millrace.api;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.EventBatch;
import org.millrace.codec.Origin;

/**
 * Batches put into, or taken out of, a channel together: a transaction either puts or takes. To leave it without {@link #commit} is
 * the rollback. Not thread-safe, but not bound to a thread either; one thread may have several open, and they may end in any order.
 */
public interface Transaction extends AutoCloseable {
    /** The most bytes that one owner may attach. */
    int MAX_ATTACHED_BYTES = 1 << 20;

    /**
     * Adds a batch that {@link #commit} will put.
     *
     * @param batch taken over, also on failure
     * @throws ChannelException if the transaction would hold more events than {@link Channel#transactionCapacity}
     */
    void put(EventBatch batch);

    /**
     * Takes the oldest events, without waiting.
     *
     * @param maxEvents at least 1
     * @return 1 to {@code maxEvents} events, fewer than are there where their batch ends; or null when the channel has none. Lent
     *     until the transaction is closed
     */
    @Nullable
    EventBatch take(int maxEvents);

    /**
     * The numbers under which the next hop may know the events of the last {@link #take}: the same whenever they are taken, however they
     * are cut, also after a restart. Null if the channel does not number its events for good.
     */
    default @Nullable Origin origin() {
        return null;
    }

    /**
     * Adds something to know to the position that {@link #commit} will move: both are kept, or neither. It replaces what the owner
     * attached to the commit before.
     *
     * @param owner such as a sink's name
     * @param state up to {@link #MAX_ATTACHED_BYTES}; lent
     */
    void attach(String owner, byte[] state);

    /**
     * Makes puts visible and safe, or forgets what was taken. Puts wait for room up to the channel's keep-alive.
     *
     * @throws ChannelException if it failed: then it is a rollback
     */
    void commit() throws InterruptedException;

    /**
     * As {@link #commit}, and what it changes is as safe as a put of this channel when it returns: the position, and what is attached,
     * also if nothing was taken. For a sink that is about to do something that must not be done again, or has just done it.
     *
     * @throws ChannelException if it failed: then it is a rollback, also after a restart
     * @throws InterruptedException likewise. An interrupt that comes when nothing can be taken back any more leaves the thread's
     *     interrupt status set, and the commit tells what has become of it
     */
    void commitDurably() throws InterruptedException;

    /**
     * Gives events that were taken to another transaction, which ends them from now on: so what is delivered can be committed, and the
     * rest be kept hold of. They follow what the other one has. What is attached stays here, as do batches that are lent: these can be
     * read until all transactions are closed that have events of them.
     *
     * @param firstEvent counted from 0 in the order in which this transaction got them, those that it has given away included
     * @param events how many from there on, at least 1, all of them still here
     * @param to an open one of the same reader; puts nothing
     */
    void handOver(int firstEvent, int events, Transaction to);

    /**
     * What was taken and not given away, in the order in which this transaction got it; lent. For a sink that kept hold of events and
     * tries them again.
     */
    List<EventBatch> batches();

    /**
     * Lets go of memory that belongs to events which are not here any more, by copying those that are: for a sink that keeps hold of few
     * events out of large batches for long. Batches that were lent before are not to be read after this; {@link #batches} are.
     */
    void condense();

    /** Rolls back unless committed: puts are dropped, and what was taken stands at the head of the channel again, in order. */
    @Override
    void close();
}
