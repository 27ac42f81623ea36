package org.millrace.relay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.millrace.api.BatchSized;
import org.millrace.api.Sink;
import org.millrace.api.SinkContext;
import org.millrace.api.SinkMetrics;
import org.millrace.codec.EventBatch;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeChannel;
import org.millrace.testkit.FakeClock;
import org.millrace.testkit.LogLines;
import org.millrace.testkit.RecordedProblems;
import org.millrace.testkit.ReleaseCheck;

class PlainSinksTest {
    private final FakeChannel channel = new FakeChannel("c1");
    private final SinkMetrics metrics = new SinkMetrics("k1", new MetricRegistry());
    private final SinkContext context = new SinkContext("a1", "k1", channel, metrics, new FakeClock());
    private final RecordedProblems recorded = new RecordedProblems();
    private final ReleaseCheck releases = new ReleaseCheck();
    private final LogLines log = LogLines.of(NullSink.class, LoggerSink.class);

    @AfterEach
    void everythingIsGivenBack() {
        log.close();
        channel.close();
        releases.assertAllReleased();
    }

    @Test
    void nullTakesSeveralStoredBatchesUpToItsBatchSize() throws Exception {
        Sink sink = nullSink(Map.of("batchSize", "5"));
        for (int i = 0; i < 4; i++) {
            submit(2);
        }

        assertThat(sink.drain()).isEqualTo(Sink.Drain.DELIVERED);
        assertThat(channel.bodies()).hasSize(3);
        assertThat(sink.drain()).isEqualTo(Sink.Drain.DELIVERED);
        assertThat(sink.drain()).isEqualTo(Sink.Drain.IDLE);
        assertThat(metrics.drainSuccesses.getCount()).isEqualTo(8);
        assertThat(metrics.batchesComplete.getCount()).isEqualTo(1);
        assertThat(metrics.batchesUnderflow.getCount()).isEqualTo(1);
        assertThat(metrics.batchesEmpty.getCount()).isEqualTo(1);
        assertThat(channel.openTransactions()).isZero();
    }

    @Test
    void nullLogsEachTimeSoManyEventsAreGone() throws Exception {
        Sink sink = nullSink(Map.of("batchSize", "4", "logEveryNEvents", "10"));
        submit(11);
        while (sink.drain() == Sink.Drain.DELIVERED) {}

        assertThat(log.lines()).containsExactly("INFO sink k1: 11 events discarded so far");
    }

    @Test
    void nullHasFlumesDefaultsAndRefusesABatchOfNothing() {
        assertThat(((BatchSized) nullSink(Map.of())).batchEvents()).isEqualTo(100);
        nullSink(Map.of("batchSize", "0"));

        assertThat(recorded.problems()).containsExactly("batchSize: 0 (expected: a whole number, at least 1)");
    }

    @Test
    void loggerWritesALineForEachEvent() throws Exception {
        Sink sink = new LoggerSinkFactory().create(context, recorded.settings(Map.of("maxBytesToLog", "3")));
        channel.submit(releases.watch(Batches.of("one", "three")));

        assertThat(sink.drain()).isEqualTo(Sink.Drain.DELIVERED);
        assertThat(sink.drain()).isEqualTo(Sink.Drain.IDLE);
        assertThat(log.lines())
                .containsExactly(
                        "INFO Event: { headers:{} body: 6F 6E 65                                        one }",
                        "INFO Event: { headers:{} body: 74 68 72                                        thr }");
    }

    private Sink nullSink(Map<String, String> values) {
        return new NullSinkFactory().create(context, recorded.settings(values));
    }

    private void submit(int events) {
        EventBatch batch = releases.watch(Batches.numbered(0, events));
        channel.submit(batch);
    }
}
