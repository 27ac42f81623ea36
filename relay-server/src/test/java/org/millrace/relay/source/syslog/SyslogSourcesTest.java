package org.millrace.relay.source.syslog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.codahale.metrics.Counter;
import com.codahale.metrics.MetricRegistry;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.millrace.api.ChannelFullException;
import org.millrace.api.ComponentFactory;
import org.millrace.api.SourceContext;
import org.millrace.api.SourceMetrics;
import org.millrace.api.StartException;
import org.millrace.testkit.RecordedProblems;
import org.millrace.testkit.RecordingInlet;

/** The sources as a whole, on ports of loopback. */
class SyslogSourcesTest {
    private static final String MESSAGE = "<14>1 - host2 dash time\n";

    private final RecordingInlet inlet = new RecordingInlet();
    private final MetricRegistry registry = new MetricRegistry();
    private final SourceMetrics metrics = new SourceMetrics("r1", registry);

    @Test
    void whatAFullChannelRefusesIsKeptAlsoWhenItsSenderHasGone() throws Exception {
        try (SyslogTcpSource source = tcp(new SyslogTcpSourceFactory(), "port", "0")) {
            inlet.refuseWith(new ChannelFullException("full"));
            try (Socket sender = connect(source.boundAddresses().get(0))) {
                sender.getOutputStream().write(MESSAGE.repeat(250).getBytes(StandardCharsets.US_ASCII));
            }
            await().until(() -> metrics.openConnections.getCount() == 0
                    && metrics.eventsReceived.getCount() == 250
                    && metrics.channelWriteFails.getCount() > 0);
            inlet.refuseWith(null);

            await().until(() -> inlet.bodies().size() == 250);
            assertThat(registry.counter("source.r1.eventsDropped").getCount()).isZero();
        }
    }

    @Test
    void whileTooMuchIsPendingNotEvenTheFirstBytesOfAConnectionAreRead() throws Exception {
        Counter pauses = registry.counter("source.r1.readPauses");
        inlet.hold();
        try (SyslogTcpSource source = tcp(new SyslogTcpSourceFactory(), "port", "0", "maxPendingBytes", "64KiB");
                Socket first = connect(source.boundAddresses().get(0))) {
            first.getOutputStream().write(MESSAGE.repeat(10_000).getBytes(StandardCharsets.US_ASCII));
            await().until(() -> pauses.getCount() == 1);
            try (Socket second = connect(source.boundAddresses().get(0))) {
                await().until(() -> pauses.getCount() == 2);
                second.getOutputStream().write(MESSAGE.getBytes(StandardCharsets.US_ASCII));

                inlet.release();

                await().until(() -> inlet.bodies().size() == 10_001);
            }
        }
    }

    @Test
    void eachPortHasItsHeaderAndThePeerItsNames() throws Exception {
        try (SyslogTcpSource source = tcp(
                new MultiportSyslogTcpSourceFactory(),
                "ports",
                "0",
                "portHeader",
                "p",
                "clientIPHeader",
                "ip",
                "clientHostnameHeader",
                "name")) {
            InetSocketAddress address = source.boundAddresses().get(0);
            try (Socket sender = connect(address)) {
                sender.getOutputStream().write(MESSAGE.getBytes(StandardCharsets.US_ASCII));
                await().until(() -> inlet.bodies().size() == 1);
            }

            assertThat(inlet.accepted().get(0).headers())
                    .containsEntry("p", Integer.toString(address.getPort()))
                    .containsEntry("ip", "127.0.0.1")
                    .containsEntry(
                            "name",
                            InetAddress.getByAddress(new byte[] {127, 0, 0, 1}).getHostName());
        }
    }

    @Test
    void datagramsHaveTheirSendersNamesToo() throws Exception {
        Map<String, String> values =
                Map.of("port", "0", "host", "127.0.0.1", "clientIPHeader", "ip", "clientHostnameHeader", "name");
        SyslogUdpSource source = (SyslogUdpSource)
                new SyslogUdpSourceFactory().create(context(), new RecordedProblems().settings(values));
        try (source;
                DatagramSocket sender = new DatagramSocket()) {
            source.start();
            for (String message : new String[] {"\n<14>1 - a first\nmore", "", "<14>1 - b second"}) {
                byte[] bytes = message.getBytes(StandardCharsets.US_ASCII);
                sender.send(new DatagramPacket(bytes, bytes.length, source.boundAddress()));
            }

            await().until(() -> inlet.bodies().size() == 2);
            assertThat(inlet.bodies()).containsExactly("first", "second");
            assertThat(inlet.accepted().get(1).headers())
                    .containsEntry("ip", "127.0.0.1")
                    .containsEntry(
                            "name",
                            InetAddress.getByAddress(new byte[] {127, 0, 0, 1}).getHostName());
            assertThat(registry.counter("source.r1.eventsDropped").getCount()).isEqualTo(1);
        }
    }

    @Test
    void aPortInUseFailsTheStartOfAllPorts() throws Exception {
        try (SyslogTcpSource first = tcp(new SyslogTcpSourceFactory(), "port", "0")) {
            int taken = first.boundAddresses().get(0).getPort();

            assertThatThrownBy(() -> tcp(new MultiportSyslogTcpSourceFactory(), "ports", "0 " + taken))
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining("127.0.0.1:" + taken);
        }
    }

    private SyslogTcpSource tcp(ComponentFactory.OfSource factory, String... keysAndValues) throws StartException {
        Map<String, String> values = new HashMap<>(Map.of("host", "127.0.0.1"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            values.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        RecordedProblems problems = new RecordedProblems();
        SyslogTcpSource source = (SyslogTcpSource) factory.create(context(), problems.settings(values));
        assertThat(problems.problems()).isEmpty();
        source.start();
        return source;
    }

    private SourceContext context() {
        return new SourceContext("a1", "r1", inlet, metrics, InstantSource.system());
    }

    private static Socket connect(InetSocketAddress address) throws Exception {
        return new Socket(address.getAddress(), address.getPort());
    }
}
