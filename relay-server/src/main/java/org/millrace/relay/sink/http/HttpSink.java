package org.millrace.relay.sink.http;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Timer;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.millrace.api.BatchSized;
import org.millrace.api.ChannelException;
import org.millrace.api.DeliveryException;
import org.millrace.api.Sink;
import org.millrace.api.SinkContext;
import org.millrace.api.StartException;
import org.millrace.api.Transaction;
import org.millrace.api.deadletter.DeadLetters;
import org.millrace.api.support.LogThrottle;
import org.millrace.codec.EventBatch;
import org.millrace.relay.sink.http.Turn.Post;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts the body of each event, several without waiting for answers; the status of its answer decides about each event by itself. A turn
 * ends when all have an answer: those that the rules let go are committed, the others go back to the channel.
 */
final class HttpSink implements Sink, BatchSized {
    private static final Logger LOG = LoggerFactory.getLogger(HttpSink.class);
    private static final Duration LOG_INTERVAL = Duration.ofMinutes(1);
    /** A turn takes no more once it has so many bytes: each of them is copied for the socket. */
    private static final int ENOUGH_BYTES = 4 << 20;
    /** Flume's pauses: a second more each time, up to five. */
    private static final int MOST_PAUSE_SECONDS = 5;

    private final SinkContext context;
    private final HttpSinkSettings settings;
    private final HttpPeer peer;
    private final DeadLetters deadLetters;
    private final Pause pause;
    private final Timer turns;
    private final Counter emptyEvents;
    private final LogThrottle throttle;

    /** Events in the next turn: one after a failure, since the server may not like several at a time; then more again. */
    private int window;

    private int pausesInARow;

    /** Lets time pass. */
    interface Pause {
        void run(Duration time) throws InterruptedException;
    }

    HttpSink(SinkContext context, HttpSinkSettings settings, HttpPeer peer, DeadLetters deadLetters, Pause pause) {
        this.context = context;
        this.settings = settings;
        this.peer = peer;
        this.deadLetters = deadLetters;
        this.pause = pause;
        this.window = settings.maxInFlight();
        this.turns = context.metrics().timer("turn");
        this.emptyEvents = context.metrics().counter("emptyEvents");
        this.throttle = new LogThrottle(context.clock(), LOG_INTERVAL);
    }

    @Override
    public int batchEvents() {
        return settings.maxInFlight();
    }

    @Override
    public String batchKey() {
        return HttpSinkSettings.MAX_IN_FLIGHT;
    }

    @Override
    public void start() throws StartException {
        deadLetters.start();
        context.metrics().started(context.clock().instant());
        LOG.info(
                "sink {} started: posts what comes from channel {} to {}",
                context.name(),
                context.channel().name(),
                settings.shownEndpoint());
    }

    @Override
    public Drain drain() throws DeliveryException, InterruptedException {
        deadLetters.finishDue();
        Verdict verdict;
        DeliveryException lettersFailure;
        try (Transaction transaction = context.channel().begin()) {
            Turn turn = take(transaction);
            if (turn == null) {
                return Drain.IDLE;
            }
            long begun = System.nanoTime();
            turn.run(peer);
            turns.update(System.nanoTime() - begun, TimeUnit.NANOSECONDS);
            verdict = judge(turn);
            lettersFailure = settleLetters(turn);
            commit(turn, transaction);
            if (lettersFailure == null) {
                deadLetters.committed();
            }
        } catch (ChannelException e) {
            context.metrics().channelReadFails.inc();
            throw new DeliveryException("channel " + context.channel().name() + ": " + e.getMessage(), e);
        } finally {
            deadLetters.rolledBack();
        }
        conclude(verdict, lettersFailure);
        return Drain.DELIVERED;
    }

    /** Null if the channel is empty. */
    private @Nullable Turn take(Transaction transaction) {
        Turn turn = new Turn();
        long bytes = 0;
        EventBatch event;
        while (turn.posts().size() < window && bytes < ENOUGH_BYTES && (event = transaction.take(1)) != null) {
            turn.add(event);
            bytes += event.encodedBytes();
        }
        context.metrics().batchTaken(turn.posts().size(), settings.maxInFlight());
        return turn.posts().isEmpty() ? null : turn;
    }

    /**
     * What a turn came to.
     *
     * @param pauseStatus of an answer that calls for a pause; 0: of none
     */
    private record Verdict(Turn turn, int keptStatus, int pauseStatus, boolean isKeptWithPause) {}

    private Verdict judge(Turn turn) {
        int kept = 0;
        int pauseStatus = 0;
        boolean keptWithPause = turn.failure() != null;
        for (Post post : turn.posts()) {
            int status = post.status();
            if (post.isEmpty()) {
                emptyEvents.inc();
                continue;
            }
            context.metrics().drainAttempts.inc();
            if (status == 0) {
                continue;
            }
            count(status);
            boolean pauses = settings.backoff().appliesTo(status);
            pauseStatus = pauses ? status : pauseStatus;
            if (!settings.rollback().appliesTo(status)) {
                post.done();
            } else if (isDeadLetter(post)) {
                post.deadLetter();
            } else {
                kept = status;
                keptWithPause |= pauses;
            }
        }
        return new Verdict(turn, kept, pauseStatus, keptWithPause);
    }

    private void count(int status) {
        context.metrics().counter("answers" + status / 100 + "XX").inc();
        if (settings.incrementMetrics().appliesTo(status)) {
            context.metrics().drainSuccesses.inc();
        }
    }

    private boolean isDeadLetter(Post post) {
        return deadLetters.isConfigured()
                && settings.deadStatuses().contains(post.status())
                && deadLetters.failed(post.event(), "the server answers " + post.status());
    }

    /** Why the dead letters cannot be written, and stay in the channel; null if they are. What was answered is gone all the same. */
    private @Nullable DeliveryException settleLetters(Turn turn) {
        try {
            deadLetters.settle();
            return null;
        } catch (DeliveryException e) {
            turn.keepDeadLetters();
            return e;
        }
    }

    private void commit(Turn turn, Transaction all) throws InterruptedException {
        if (turn.isAllDone()) {
            commit(all, turn.hasDeadLetters());
        } else {
            try (Transaction done = context.channel().begin()) {
                turn.handOver(all, done);
                commit(done, turn.hasDeadLetters());
            }
        }
    }

    /** What is among the dead letters is not to come again after a crash. */
    private static void commit(Transaction transaction, boolean durably) throws InterruptedException {
        if (durably) {
            transaction.commitDurably();
        } else {
            transaction.commit();
        }
    }

    private void conclude(Verdict verdict, @Nullable DeliveryException lettersFailure)
            throws DeliveryException, InterruptedException {
        Turn turn = verdict.turn();
        boolean troubled = turn.failure() != null || verdict.keptStatus() > 0 || verdict.pauseStatus() > 0;
        window = troubled || turn.isOneByOne() ? 1 : (int) Math.min(settings.maxInFlight(), 2L * window);
        if (turn.failure() != null) {
            context.metrics().eventWriteFails.inc();
            peer.close();
            throw new DeliveryException(
                    "sink " + context.name() + ": " + settings.shownEndpoint() + ": " + turn.notDone()
                            + " events are back in the channel",
                    turn.failure());
        }
        if (lettersFailure != null) {
            throw lettersFailure;
        }
        if (verdict.isKeptWithPause()) {
            throw new DeliveryException("sink " + context.name() + ": " + settings.shownEndpoint() + " answers "
                    + verdict.keptStatus() + ": " + turn.notDone() + " events are back in the channel");
        }
        if (verdict.keptStatus() > 0) {
            logKept(verdict);
        }
        if (verdict.pauseStatus() > 0) {
            pausesInARow = Math.min(MOST_PAUSE_SECONDS, pausesInARow + 1);
            pause.run(Duration.ofSeconds(pausesInARow));
        } else {
            pausesInARow = 0;
        }
    }

    private void logKept(Verdict verdict) {
        OptionalLong leftOut = throttle.admit();
        if (leftOut.isPresent()) {
            LOG.warn(
                    "sink {}: {} answers {}: {} events are back in the channel, and sent again without a pause, as its keys say ({} "
                            + "such lines before it left out)",
                    context.name(),
                    settings.shownEndpoint(),
                    verdict.keptStatus(),
                    verdict.turn().notDone(),
                    leftOut.getAsLong());
        }
    }

    @Override
    public void close() {
        peer.close();
        deadLetters.close();
        context.metrics().stopped(context.clock().instant());
        LOG.info("sink {} stopped", context.name());
    }
}
