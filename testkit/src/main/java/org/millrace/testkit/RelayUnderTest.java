package org.millrace.testkit;

import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Source;
import org.millrace.api.SourceContext;
import org.millrace.api.SourceMetrics;
import org.millrace.api.StartException;
import org.millrace.testkit.process.FreePorts;

/** A real Avro source, which the module under test has on its class path, and which remembers what it accepts. */
public final class RelayUnderTest implements AutoCloseable {
    private static final String TYPE = "avro";

    private final RecordingInlet inlet = new RecordingInlet();
    private final int port;
    private final Source source;

    private RelayUnderTest(int port, Map<String, String> more) throws StartException {
        this.port = port;
        Map<String, String> settings = new LinkedHashMap<>(more);
        settings.put("bind", "127.0.0.1");
        settings.put("port", Integer.toString(port));
        SourceMetrics metrics = new SourceMetrics("r1", new MetricRegistry());
        SourceContext context = new SourceContext("a1", "r1", inlet, metrics, InstantSource.system());
        source = factory().create(context, new RecordedProblems().settings(settings));
        source.start();
    }

    /** On a free port. */
    public static RelayUnderTest started() throws StartException {
        return new RelayUnderTest(FreePorts.next(), Map.of());
    }

    /** On a free port, with more of the source's keys. */
    public static RelayUnderTest startedWith(Map<String, String> settings) throws StartException {
        return new RelayUnderTest(FreePorts.next(), settings);
    }

    /** On a port that the sender knows beforehand. */
    public static RelayUnderTest startedOn(int port) throws StartException {
        return new RelayUnderTest(port, Map.of());
    }

    /** One that speaks TLS only. */
    public static RelayUnderTest startedWithTls(TestCertificates.Issued certificate)
            throws StartException, IOException {
        return new RelayUnderTest(
                FreePorts.next(),
                Map.of("ssl", "true", "keystore", certificate.pem().toString(), "keystore-type", "PEM"));
    }

    private static ComponentFactory.OfSource factory() {
        return ServiceLoader.load(ComponentFactory.OfSource.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(factory -> factory.typeNames().contains(TYPE))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no " + TYPE + " source on the class path"));
    }

    public int port() {
        return port;
    }

    /** What it has accepted. */
    public RecordingInlet inlet() {
        return inlet;
    }

    /** The bodies of that. */
    public List<String> bodies() {
        return inlet.accepted().stream().map(RecordingInlet.Accepted::body).toList();
    }

    @Override
    public void close() {
        source.close();
    }
}
