package org.millrace.soak;

import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.millrace.client.ConnectionSettings;
import org.millrace.client.RelayAddress;
import org.millrace.client.RelayConnection;
import org.millrace.client.RelayException;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;

/**
 * One connection of a load, made again whenever it breaks. Batches that were not answered are never sent again: so it can be told
 * whether each of them came whole or not at all. Runs in a thread of its own; answers come on an event loop.
 */
final class Sender implements Runnable {
    private static final long RETRY_MILLIS = 20;

    private final Load load;
    private final LoadPlan plan;
    private final RelayAddress agent;
    private final RestartClock clock;
    private final Random random;
    private final Semaphore idlePlaces;
    private volatile boolean wasRefused;

    Sender(Load load, LoadPlan plan, RelayAddress agent, RestartClock clock, int index) {
        this.load = load;
        this.plan = plan;
        this.agent = agent;
        this.clock = clock;
        this.random = new Random(plan.seed() + index);
        this.idlePlaces = new Semaphore(plan.inFlight());
    }

    @Override
    public void run() {
        try {
            while (load.isRunning()) {
                runConnection();
                TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody wants more
        }
    }

    private void runConnection() throws InterruptedException {
        try (RelayConnection connection = RelayConnection.connect(agent, ConnectionSettings.DEFAULT, load.loops())
                .get()) {
            long openedAt = System.nanoTime();
            while (load.isRunning() && connection.isOpen()) {
                if (load.awaitTurn()) {
                    pauseIfRefused();
                    idlePlaces.acquire();
                    if (load.beginBatch()) {
                        send(connection, openedAt);
                    } else {
                        idlePlaces.release();
                    }
                }
            }
            awaitAnswers();
        } catch (ExecutionException notThere) {
            return; // the agent is down: again in a moment
        }
    }

    private void pauseIfRefused() throws InterruptedException {
        if (wasRefused) {
            wasRefused = false;
            TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
        }
    }

    private void awaitAnswers() throws InterruptedException {
        idlePlaces.acquire(plan.inFlight());
        idlePlaces.release(plan.inFlight());
    }

    private void send(RelayConnection connection, long openedAt) {
        int events = batchEvents();
        long first = load.ledger().nextBatch(events);
        EventBatch batch = batch(first, events);
        int bytes = batch.encodedBytes();
        connection
                .append(List.of(batch))
                .whenComplete((nothing, failure) -> answered(first, events, bytes, openedAt, failure));
        batch.release();
    }

    private int batchEvents() {
        double share = random.nextDouble();
        return 1 + (int) (share * share * share * plan.mostBatchEvents());
    }

    private EventBatch batch(long first, int events) {
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            for (long number = first; number < first + events; number++) {
                builder.add(SoakEvent.headers(number), SoakEvent.bodyOfAtLeast(plan.leastBodyBytes(), number));
            }
            return builder.build();
        }
    }

    private void answered(long first, int events, int bytes, long openedAt, @Nullable Throwable failure) {
        if (failure == null) {
            load.acked(first, events, bytes);
            clock.acked(openedAt);
        } else if (failure instanceof RelayException answer && answer.isRefusal()) {
            load.ledger().refused(first, events);
            wasRefused = true;
        }
        load.answered();
        idlePlaces.release();
    }
}
