package org.millrace.testkit.channel;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.millrace.api.Channel;
import org.millrace.api.Transaction;
import org.millrace.codec.EventBatch;
import org.millrace.testkit.Batches;

/** Puts numbered events into a channel under test, and takes their numbers out. */
final class Events {
    /** What is awaited has come by then; for a keep-alive: nobody's wait ends before the test does. */
    static final Duration LONG = Duration.ofSeconds(60);

    private Events() {}

    /** Returns once the channel has it. */
    static void submit(Channel channel, EventBatch batch) {
        channel.submit(batch).orTimeout(LONG.toSeconds(), TimeUnit.SECONDS).join();
    }

    /** Why the channel did not take it. */
    static Throwable refusal(CompletableFuture<Void> submitted) {
        return submitted
                .handle((done, failure) -> failure)
                .orTimeout(LONG.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    /** Takes and commits all that is there now. */
    static List<Integer> drain(Channel channel) throws InterruptedException {
        try (Transaction transaction = channel.begin()) {
            List<Integer> numbers = takeAll(transaction);
            transaction.commit();
            return numbers;
        }
    }

    static List<Integer> takeAll(Transaction transaction) {
        List<Integer> numbers = new ArrayList<>();
        EventBatch batch;
        while ((batch = transaction.take(1000)) != null) {
            numbers.addAll(Batches.numbers(batch));
        }
        return numbers;
    }

    /** A single take; none if there is nothing. */
    static List<Integer> takeUpTo(Transaction transaction, int events) {
        EventBatch batch = transaction.take(events);
        return batch == null ? List.of() : Batches.numbers(batch);
    }

    static List<Integer> range(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }
}
