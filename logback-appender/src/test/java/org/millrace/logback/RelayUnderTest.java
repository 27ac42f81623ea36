package org.millrace.logback;

import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.millrace.api.SourceContext;
import org.millrace.api.SourceMetrics;
import org.millrace.api.StartException;
import org.millrace.relay.source.avro.AvroSource;
import org.millrace.relay.source.avro.AvroSourceFactory;
import org.millrace.testkit.RecordedProblems;
import org.millrace.testkit.RecordingInlet;
import org.millrace.testkit.TestCertificates;

/** A real Avro source on a port of the system's choice, which remembers what it accepts. */
final class RelayUnderTest implements AutoCloseable {
    final RecordingInlet inlet = new RecordingInlet();
    private final AvroSource source;

    RelayUnderTest(int port) throws StartException {
        this(Map.of("bind", "127.0.0.1", "port", Integer.toString(port)));
    }

    RelayUnderTest(Map<String, String> settings) throws StartException {
        SourceMetrics metrics = new SourceMetrics("r1", new MetricRegistry());
        SourceContext context = new SourceContext("a1", "r1", inlet, metrics, InstantSource.system());
        source = (AvroSource) new AvroSourceFactory().create(context, new RecordedProblems().settings(settings));
        source.start();
    }

    /** One that speaks TLS only. */
    static RelayUnderTest withTls(TestCertificates.Issued certificate) throws StartException, IOException {
        return new RelayUnderTest(Map.of(
                "bind",
                "127.0.0.1",
                "port",
                "0",
                "ssl",
                "true",
                "keystore",
                certificate.pem().toString(),
                "keystore-type",
                "PEM"));
    }

    int port() {
        return source.boundAddress().getPort();
    }

    List<String> bodies() {
        return inlet.accepted().stream().map(RecordingInlet.Accepted::body).toList();
    }

    @Override
    public void close() {
        source.close();
    }
}
