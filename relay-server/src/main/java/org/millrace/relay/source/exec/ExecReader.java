package org.millrace.relay.source.exec;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.millrace.api.SourceMetrics;
import org.millrace.api.support.BatchReader;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes batches of what a command prints. While the channels refuse a batch nothing more is taken, and the command has to wait once its
 * pipe is full. At a stop the command is told to end, and what it had printed is put, up to the end of its output; one that does not end
 * in time is killed. {@link #wake}: any thread; everything else: one.
 */
final class ExecReader implements BatchReader {
    private static final int MAX_BATCH_BYTES = 16 << 20;
    /** How long a command may take to end at a stop; and, when it was killed, what it has printed to come in. */
    private static final long LAST_WORDS_NANOS = Duration.ofSeconds(2).toNanos();

    private static final Logger log = LoggerFactory.getLogger(ExecReader.class);

    private final String source;
    private final ExecSettings settings;
    private final SourceMetrics metrics;
    private final EventBatchBuilder batch = new EventBatchBuilder();

    /** The one that runs; null between two runs, and after the last one. */
    private volatile @Nullable Command command;

    private volatile boolean isStopping;
    /** The next step is taken then, if the command still has its output open. */
    private long hurryNanos;

    private boolean isKilled;
    private long startAgainNanos;
    private long linesCut;
    private int lastEvents;

    ExecReader(String source, ExecSettings settings, SourceMetrics metrics) {
        this.source = source;
        this.settings = settings;
        this.metrics = metrics;
        metrics.gauge("commandsRunning", () -> command == null ? 0 : 1);
    }

    /** Runs the command for the first time. */
    void start() throws IOException {
        command = Command.start(source, settings);
    }

    @Override
    public @Nullable EventBatch read() throws IOException, InterruptedException {
        Command running = command != null ? command : startAgain();
        if (running == null) {
            return null;
        }
        CommandLines lines = running.lines();
        long batchNanos = System.nanoTime(); // of its first line
        while (true) {
            if (isStopping) {
                hurry(running);
            }
            if (batch.events() == 0) {
                batchNanos = System.nanoTime();
            }
            lines.take(batch, settings.batchEvents(), MAX_BATCH_BYTES);
            countCut(lines);
            boolean isFull = batch.events() >= settings.batchEvents() || batch.encodedBytes() >= MAX_BATCH_BYTES;
            if (isFull || (batch.events() > 0 && isTime(lines, batchNanos))) {
                lastEvents = batch.events();
                return batch.build();
            }
            if (lines.isOver()) {
                ended(running);
                return null;
            }
            if (isStopping) {
                lines.awaitLastWords(untilHurry());
            } else {
                lines.await(settings.batchTimeout().toNanos() - (System.nanoTime() - batchNanos));
            }
        }
    }

    @Override
    public void commit() {
        // the command does not care
    }

    @Override
    public void rollback() {
        metrics.counter("eventsLost").inc(lastEvents);
        log.error("source {}: {} events are lost: the channels did not take them before the stop", source, lastEvents);
    }

    @Override
    public boolean holdsEvents() {
        Command running = command;
        return running != null && (batch.events() > 0 || !running.lines().isOver());
    }

    @Override
    public void wake() {
        hurryNanos = System.nanoTime() + LAST_WORDS_NANOS;
        isStopping = true;
        Command running = command;
        if (running != null) {
            running.stop();
            running.lines().wake();
        }
    }

    @Override
    public void close() {
        Command running = command;
        if (running != null) {
            running.close();
            command = null;
        }
        batch.close();
    }

    private boolean isTime(CommandLines lines, long batchNanos) {
        return lines.isOver()
                || isStopping
                || System.nanoTime() - batchNanos >= settings.batchTimeout().toNanos();
    }

    /**
     * However much the command prints: if it has not ended in time, it is killed. A process that outlives even that, having left the
     * command's family, may hold the output open: nobody waits for that one.
     */
    private void hurry(Command running) {
        if (untilHurry() > 0) {
            return;
        }
        if (isKilled) {
            running.lines().end();
        } else {
            running.kill();
            isKilled = true;
            hurryNanos = System.nanoTime() + LAST_WORDS_NANOS;
        }
    }

    private long untilHurry() {
        return hurryNanos - System.nanoTime();
    }

    private @Nullable Command startAgain() throws IOException {
        Duration pause = settings.restartAfter();
        if (isStopping || pause == null || System.nanoTime() - startAgainNanos < 0) {
            return null;
        }
        startAgainNanos = System.nanoTime() + pause.toNanos();
        Command next = Command.start(source, settings);
        command = next;
        if (isStopping) { // a stop that came meanwhile has not seen it
            next.stop();
        }
        return next;
    }

    private void ended(Command running) throws InterruptedException {
        int status = running.end();
        running.close();
        command = null;
        linesCut = 0;
        metrics.counter("commandEnds").inc();
        Duration pause = settings.restartAfter();
        if (isStopping) {
            log.debug("source {}: its command ended with status {}", source, status);
        } else if (pause == null) {
            log.error(
                    "source {}: its command ended with status {}, and is not started again (restart = false): the source stands still",
                    source,
                    status);
        } else {
            startAgainNanos = System.nanoTime() + pause.toNanos();
            log.warn(
                    "source {}: its command ended with status {}, and is started again in {} ms",
                    source,
                    status,
                    pause.toMillis());
        }
    }

    private void countCut(CommandLines lines) {
        metrics.counter("linesCut").inc(lines.linesCut() - linesCut);
        linesCut = lines.linesCut();
    }
}
