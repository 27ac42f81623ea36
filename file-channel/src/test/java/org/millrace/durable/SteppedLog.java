package org.millrace.durable;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ChannelException;
import org.millrace.api.support.LockedException;
import org.millrace.durable.format.LogState;
import org.millrace.durable.format.PositionUpdate;
import org.millrace.durable.log.Append;
import org.millrace.durable.log.DrivenDurableLog;
import org.millrace.durable.log.DrivenLog;
import org.millrace.durable.log.Log;
import org.millrace.durable.log.LogFigures;
import org.millrace.durable.log.LogSettings;
import org.millrace.durable.log.RecordReader;
import org.millrace.durable.storage.Storage;
import org.millrace.testkit.FakeClock;

/** The real log for a channel in a model test: it works when it is told to, and where the channel would wait for it. */
final class SteppedLog implements Log {
    private static final int MOST_TURNS = 10_000;

    private final FakeClock clock;
    private final DrivenLog driven;
    private final Log log;

    SteppedLog(LogSettings settings, List<Storage> directories, List<String> readers, FakeClock clock)
            throws IOException, LockedException {
        this.clock = clock;
        driven = DrivenDurableLog.open(settings, directories, readers, clock);
        log = driven.log();
    }

    /** @return false if there was nothing to do */
    boolean work() {
        return driven.work();
    }

    void workUntilQuiet() {
        for (int turns = 0; work(); turns++) {
            if (turns > MOST_TURNS) {
                throw new AssertionError("there is always something to do");
            }
        }
    }

    @Override
    public void commitAndWait(PositionUpdate update) {
        CompletableFuture<@Nullable Void> written = driven.commitDurably(update);
        workUntilQuiet();
        if (!written.isDone()) {
            clock.advance(Duration.ofHours(1)); // after a failure the disk is left alone for a while
            workUntilQuiet();
        }
        try {
            if (!written.isDone()) {
                throw new AssertionError("nobody has answered a durable commit");
            }
            written.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof ChannelException why ? why : e;
        }
    }

    @Override
    public LogState recovered() {
        return log.recovered();
    }

    @Override
    public long recoveredEnd() {
        return log.recoveredEnd();
    }

    @Override
    public long recoveredBytes(long from) throws IOException {
        return log.recoveredBytes(from);
    }

    @Override
    public void append(Append put) {
        log.append(put);
    }

    @Override
    public void flush() {
        log.flush();
    }

    @Override
    public void commit(PositionUpdate update) {
        log.commit(update);
    }

    @Override
    public RecordReader read(long sequence) {
        return log.read(sequence);
    }

    @Override
    public boolean isFull() {
        return log.isFull();
    }

    @Override
    public void onChange(Runnable action) {
        log.onChange(action);
    }

    @Override
    public @Nullable String trouble() {
        return log.trouble();
    }

    @Override
    public LogFigures figures() {
        return log.figures();
    }

    @Override
    public void close() {
        driven.close();
    }
}
