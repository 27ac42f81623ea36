package org.millrace.thrift;

import com.codahale.metrics.MetricRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.millrace.api.SourceContext;
import org.millrace.api.SourceMetrics;
import org.millrace.api.StartException;
import org.millrace.codec.EventBatch;
import org.millrace.testkit.Batches;
import org.millrace.testkit.RecordedProblems;
import org.millrace.testkit.RecordingInlet;

/** A running source on a port of the system's choice, in front of a fake inlet. */
final class SourceUnderTest implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(60);

    final RecordingInlet inlet = new RecordingInlet();
    final MetricRegistry registry = new MetricRegistry();
    final SourceMetrics metrics = new SourceMetrics("r1", registry);
    private final ThriftSource source;

    SourceUnderTest(String... keysAndValues) throws StartException {
        Map<String, String> values = new HashMap<>(Map.of("bind", "127.0.0.1", "port", "0"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            values.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        RecordedProblems problems = new RecordedProblems();
        ThriftSourceSettings settings = ThriftSourceSettings.read(problems.settings(values));
        if (!problems.problems().isEmpty()) {
            throw new AssertionError(problems.problems().toString());
        }
        source = new ThriftSource(new SourceContext("a1", "r1", inlet, metrics, InstantSource.system()), settings);
        source.start();
    }

    int port() {
        return source.boundAddress().getPort();
    }

    PeerConnection connect() throws IOException {
        return PeerConnection.open("127.0.0.1", port(), null, null, LIMIT);
    }

    /** A figure of our own. */
    long count(String name) {
        return registry.counter("source.r1." + name).getCount();
    }

    /** Sends a batch of events with these bodies as a call, and does not wait. */
    static void send(PeerConnection to, CallWriter writer, String... bodies) throws IOException {
        EventBatch batch = Batches.of(bodies);
        ByteBuf frame = Unpooled.buffer();
        writer.write(List.of(batch), frame);
        batch.release();
        to.send(frame, LIMIT);
    }

    static Reply receive(PeerConnection from) throws IOException {
        return Reply.read(from.receive(LIMIT), WireProtocol.COMPACT);
    }

    @Override
    public void close() {
        source.close();
    }
}
