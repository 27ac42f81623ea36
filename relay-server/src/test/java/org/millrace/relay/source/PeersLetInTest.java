package org.millrace.relay.source;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Source;
import org.millrace.api.SourceContext;
import org.millrace.api.SourceMetrics;
import org.millrace.api.StartException;
import org.millrace.testkit.RecordedProblems;
import org.millrace.testkit.RecordingInlet;
import org.millrace.testkit.process.FreePorts;

/** The keys that say who may connect, in each source that has them; those of the Avro source stand beside its other tests. */
class PeersLetInTest {
    private static final Map<String, String> EVENTS = Map.of(
            "netcat", "one\n",
            "syslogtcp", "<14>1 - a one\n",
            "multiport_syslogtcp", "<14>1 - a one\n",
            "http", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 16\r\n\r\n[{\"body\":\"one\"}]");

    private final RecordingInlet inlet = new RecordingInlet();
    private final MetricRegistry registry = new MetricRegistry();
    private final int port = FreePorts.next();

    @ParameterizedTest(name = "{0} with {1}")
    @CsvSource(delimiter = '|', textBlock = """
            netcat              | deny:ip:127.*
            netcat              | deny:name:localhost
            syslogtcp           | deny:ip:127.*
            syslogtcp           | deny:name:localhost
            multiport_syslogtcp | deny:ip:127.*
            multiport_syslogtcp | deny:name:localhost
            http                | deny:ip:127.*
            http                | deny:name:localhost
            """)
    void whomTheRulesDenyIsTurnedAwayAndCounted(String type, String rules) throws Exception {
        try (Source source = start(type, rules);
                Socket peer = connect()) {
            assertThat(peer.getInputStream().read()).isEqualTo(-1);

            assertThat(registry.counter("source.r1.connectionsRefused.ipFilter").getCount())
                    .isEqualTo(1);
        }
        assertThat(inlet.bodies()).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"netcat", "syslogtcp", "multiport_syslogtcp", "http"})
    void whomTheFirstRuleThatFitsAllowsIsServed(String type) throws Exception {
        try (Source source = start(type, "allow:ip:127.0.0.1,deny:ip:*");
                Socket peer = connect()) {
            peer.getOutputStream().write(EVENTS.get(type).getBytes(US_ASCII));

            await().until(() -> inlet.bodies().equals(List.of("one")));
            assertThat(registry.counter("source.r1.connectionsRefused.ipFilter").getCount())
                    .isZero();
        }
    }

    private Source start(String type, String rules) throws StartException {
        Map<String, String> values = new HashMap<>(Map.of("ipFilter", "true", "ipFilterRules", rules));
        values.put(type.equals("multiport_syslogtcp") ? "ports" : "port", Integer.toString(port));
        values.put(type.contains("syslog") ? "host" : "bind", "127.0.0.1");
        ComponentFactory.OfSource factory = ServiceLoader.load(ComponentFactory.OfSource.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(each -> each.typeNames().contains(type))
                .findFirst()
                .orElseThrow();
        RecordedProblems problems = new RecordedProblems();
        SourceContext context =
                new SourceContext("a1", "r1", inlet, new SourceMetrics("r1", registry), InstantSource.system());
        Source source = factory.create(context, problems.settings(values));
        assertThat(problems.problems()).isEmpty();
        source.start();
        return source;
    }

    private Socket connect() throws IOException {
        Socket peer = new Socket(InetAddress.getLoopbackAddress(), port);
        peer.setSoTimeout(60_000);
        return peer;
    }
}
