package org.millrace.testkit.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.millrace.testkit.channel.Events.LONG;
import static org.millrace.testkit.channel.Events.drain;
import static org.millrace.testkit.channel.Events.range;
import static org.millrace.testkit.channel.Events.submit;
import static org.millrace.testkit.channel.Events.takeUpTo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.millrace.api.Channel;
import org.millrace.api.Transaction;

/** Threads that wait for events, and many at once. */
@SuppressWarnings("try") // a transaction is often opened only to be closed
interface ThreadsContract extends ChannelUnderTest {
    @Test
    default void aPutWakesWhoeverWaitsForEvents() throws Exception {
        Channel channel = started(10, 10, LONG);
        CompletableFuture<Boolean> woken = awaitEvents(channel);
        submit(channel, numbered(0, 1));

        assertThat(woken.get(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @Test
    default void aRollbackWakesWhoeverWaitsForEvents() throws Exception {
        Channel channel = started(10, 10, LONG);
        submit(channel, numbered(0, 1));
        Transaction transaction = channel.begin();
        takeUpTo(transaction, 1);
        CompletableFuture<Boolean> woken = awaitEvents(channel);
        transaction.close();

        assertThat(woken.get(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @Test
    default void manyPuttersAndTakersLoseNothingAndInventNothing() throws Exception {
        int putters = 3;
        int takers = 3;
        int batchesEach = 150;
        Channel channel = started(200, 50, LONG);
        ConcurrentLinkedQueue<Integer> seen = new ConcurrentLinkedQueue<>();
        AtomicInteger next = new AtomicInteger();
        List<CompletableFuture<Void>> workers = new ArrayList<>();
        for (int p = 0; p < putters; p++) {
            workers.add(onThread(() -> {
                Semaphore inFlight = new Semaphore(8);
                List<CompletableFuture<Void>> submitted = new ArrayList<>();
                for (int i = 0; i < batchesEach; i++) {
                    int events = 1 + i % 50;
                    inFlight.acquire();
                    submitted.add(channel.submit(numbered(next.getAndAdd(events), events))
                            .whenComplete((done, failure) -> inFlight.release()));
                }
                submitted.forEach(CompletableFuture::join);
            }));
        }
        int total =
                putters * IntStream.range(0, batchesEach).map(i -> 1 + i % 50).sum();
        AtomicInteger taken = new AtomicInteger();
        for (int t = 0; t < takers; t++) {
            workers.add(onThread(() -> {
                for (int turn = 0; taken.get() < total; turn++) {
                    channel.awaitEvents(Duration.ofMillis(10));
                    try (Transaction transaction = channel.begin()) {
                        List<Integer> numbers = takeUpTo(transaction, 1 + turn % 70);
                        if (turn % 5 != 0) { // else: roll back
                            transaction.commit();
                            seen.addAll(numbers);
                            taken.addAndGet(numbers.size());
                        }
                    }
                }
            }));
        }
        CompletableFuture.allOf(workers.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);

        assertThat(seen).containsExactlyInAnyOrderElementsOf(range(0, total));
        assertThat(drain(channel)).isEmpty();
    }

    private static CompletableFuture<Boolean> awaitEvents(Channel channel) {
        Semaphore begun = new Semaphore(0);
        CompletableFuture<Boolean> woken = CompletableFuture.supplyAsync(() -> {
            begun.release();
            try {
                return channel.awaitEvents(LONG);
            } catch (InterruptedException e) {
                throw new CompletionException(e);
            }
        });
        begun.acquireUninterruptibly();
        return woken;
    }

    private static CompletableFuture<Void> onThread(Work work) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                work.run();
                done.complete(null);
            } catch (Throwable e) { // a thread's entry: the test waits for it
                done.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return done;
    }

    /** What a thread does. */
    interface Work {
        void run() throws Exception;
    }
}
