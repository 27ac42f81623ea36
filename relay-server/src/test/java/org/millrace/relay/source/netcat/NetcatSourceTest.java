package org.millrace.relay.source.netcat;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.millrace.api.SourceContext;
import org.millrace.api.SourceMetrics;
import org.millrace.testkit.RecordedProblems;
import org.millrace.testkit.RecordingInlet;

/** The source as a whole, on a port of loopback. */
class NetcatSourceTest {
    private final RecordingInlet inlet = new RecordingInlet();

    /** More than the buffers of both sides hold: the peer gets it out only if it is read. */
    @Test
    void whoSendsALineThatIsTooLongStillHearsWhatWasTaken() throws Exception {
        SourceContext context = new SourceContext(
                "a1", "r1", inlet, new SourceMetrics("r1", new MetricRegistry()), InstantSource.system());
        Map<String, String> values = Map.of("bind", "127.0.0.1", "port", "0", "max-line-length", "20");
        NetcatSource source = (NetcatSource) new NetcatSourceFactory()
                .create(context, new RecordedProblems().settings(values));
        try (source) {
            source.start();
            try (Socket peer = new Socket(
                    source.boundAddress().getAddress(), source.boundAddress().getPort())) {
                peer.setSoTimeout(60_000);
                peer.getOutputStream().write(("one\ntwo\n" + "x".repeat(8 << 20)).getBytes(StandardCharsets.US_ASCII));
                peer.shutdownOutput();

                String answers = new String(peer.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);

                assertThat(answers)
                        .isEqualTo("OK\nOK\nFAILED: Event exceeds the maximum length (20 chars, including newline)\n");
            }
        }
        assertThat(inlet.bodies()).containsExactly("one", "two");
    }
}
