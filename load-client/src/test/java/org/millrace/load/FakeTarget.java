package org.millrace.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.millrace.client.RelayAddress;
import org.millrace.client.RelayException;
import org.millrace.codec.EventBatch;

/** An agent that answers each batch after a while, of the fake time; it can pause, and go away. */
final class FakeTarget implements Line.Dialer {
    private static final RelayAddress PEER = new RelayAddress("target", 4141);

    final List<Integer> batches = new ArrayList<>();
    int mostInFlight;
    int dialed;

    private final FakeTime time;
    private final long serviceNanos;
    private final List<FakeLine> lines = new ArrayList<>();
    private int inFlight;
    private long pauseFrom = Long.MAX_VALUE;
    private long pauseUntil;
    private boolean away;

    FakeTarget(FakeTime time, long serviceNanos) {
        this.time = time;
        this.serviceNanos = serviceNanos;
    }

    /** Answers that would come in between come at the end of it. */
    void pause(long fromNanos, long untilNanos) {
        pauseFrom = fromNanos;
        pauseUntil = untilNanos;
    }

    /** All connections break, and there are no new ones. */
    void goAway() {
        away = true;
        lines.forEach(FakeLine::cut);
        lines.clear();
    }

    void comeBack() {
        away = false;
    }

    @Override
    public CompletableFuture<Line> dial() {
        dialed++;
        if (away) {
            return CompletableFuture.failedFuture(new RelayException(PEER, "cannot connect"));
        }
        FakeLine line = new FakeLine();
        lines.add(line);
        return CompletableFuture.completedFuture(line);
    }

    private final class FakeLine implements Line {
        private final List<CompletableFuture<Void>> answers = new ArrayList<>();
        private boolean open = true;

        @Override
        public CompletableFuture<Void> append(EventBatch batch, long first) {
            batches.add(batch.events());
            mostInFlight = Math.max(mostInFlight, ++inFlight);
            CompletableFuture<Void> answer = new CompletableFuture<>();
            answers.add(answer);
            long at = time.nanoTime() + serviceNanos;
            boolean held = at >= pauseFrom && at < pauseUntil;
            time.at(held ? pauseUntil : at, () -> answer(answer));
            return answer;
        }

        private void answer(CompletableFuture<Void> answer) {
            if (!answer.isDone()) {
                inFlight--;
                answer.complete(null);
            }
        }

        void cut() {
            open = false;
            RelayException cause = new RelayException(PEER, "the peer closed the connection");
            for (CompletableFuture<Void> answer : answers) {
                if (!answer.isDone()) {
                    inFlight--;
                    answer.completeExceptionally(cause);
                }
            }
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public void close() {
            open = false;
        }
    }
}
