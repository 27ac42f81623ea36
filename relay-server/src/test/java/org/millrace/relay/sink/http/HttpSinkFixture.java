package org.millrace.relay.sink.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.util.concurrent.PromiseNotifier;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.millrace.api.Settings;
import org.millrace.api.Sink;
import org.millrace.api.SinkContext;
import org.millrace.api.SinkMetrics;
import org.millrace.api.StartException;
import org.millrace.api.deadletter.DeadLetters;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeChannel;
import org.millrace.testkit.FakeClock;
import org.millrace.testkit.RecordedProblems;
import org.millrace.testkit.ReleaseCheck;
import org.millrace.testkit.process.HttpRecorder;

/** A sink between a channel and a server of the test's; nothing that was put into the channel is left behind by a test. */
abstract class HttpSinkFixture {
    static final Map<String, String> SENSIBLE = Map.of(
            "rollback.2XX", "false",
            "backoff.2XX", "false",
            "incrementMetrics.2XX", "true");

    final FakeChannel channel = new FakeChannel("c1");
    final SinkMetrics metrics = new SinkMetrics("k1", new MetricRegistry());
    private final SinkContext context = new SinkContext("a1", "k1", channel, metrics, new FakeClock());
    final RecordedProblems recorded = new RecordedProblems();
    private final ReleaseCheck releases = new ReleaseCheck();
    final List<Duration> pauses = new ArrayList<>();

    /** Where set, the connection is made, and the sink does not hear of it before this completes. */
    @Nullable
    CompletableFuture<Void> lateAccept;

    @AfterEach
    void everythingIsGivenBack() {
        assertThat(channel.openTransactions()).isZero();
        channel.close();
        releases.assertAllReleased();
    }

    HttpSinkSettings readSettings(Settings settings) {
        return HttpSinkSettings.read(settings, channel.transactionCapacity());
    }

    static Map<String, String> and(Map<String, String> keys, String... more) {
        Map<String, String> all = new HashMap<>(keys);
        for (int i = 0; i < more.length; i += 2) {
            all.put(more[i], more[i + 1]);
        }
        return all;
    }

    Sink started(HttpRecorder server, String path, Map<String, String> keys) throws Exception {
        return started("http://127.0.0.1:" + server.port() + path, keys, SSLContext.getDefault());
    }

    Sink started(String endpoint, Map<String, String> keys, SSLContext tls) throws StartException {
        var settings = recorded.settings(and(keys, "endpoint", endpoint));
        HttpSinkSettings read = readSettings(settings);
        DeadLetters deadLetters = DeadLetters.read(context, settings);
        assertThat(recorded.problems()).isEmpty();
        Sink sink =
                new HttpSink(context, read, new HttpPeer(context, read, tls, this::dialled), deadLetters, pauses::add);
        sink.start();
        return sink;
    }

    private ChannelFuture dialled(Bootstrap bootstrap, InetSocketAddress address) {
        ChannelFuture connecting = bootstrap.connect(address);
        CompletableFuture<Void> late = lateAccept;
        if (late == null) {
            return connecting;
        }
        ChannelPromise heardOf = connecting.channel().newPromise();
        connecting.addListener(done -> late.thenRun(() -> PromiseNotifier.cascade(false, connecting, heardOf)));
        return heardOf;
    }

    void submit(String... bodies) {
        channel.submit(releases.watch(Batches.of(bodies)));
    }

    static void drainAll(Sink sink) throws Exception {
        while (sink.drain() == Sink.Drain.DELIVERED) {}
    }
}
