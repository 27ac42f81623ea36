package org.millrace.relay.source.netcat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.codahale.metrics.MetricRegistry;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.millrace.api.SourceContext;
import org.millrace.api.SourceMetrics;
import org.millrace.listener.Transport;
import org.millrace.testkit.RecordedProblems;
import org.millrace.testkit.RecordingInlet;

/** The source as a whole, on a port of loopback. */
class NetcatSourceTest {
    /** More than the source reads at once, less than the two sockets hold. */
    private static final int UNREAD_BYTES = 200_000;

    private final RecordingInlet inlet = new RecordingInlet();
    private final SourceMetrics metrics = new SourceMetrics("r1", new MetricRegistry());

    /** What lies unread in a socket that is closed takes the answers back that its peer has not read yet. */
    @Test
    void whoSendsALineThatIsTooLongHasAllItsAnswersFirst() throws Exception {
        NetcatSettings settings =
                NetcatSettings.read(new RecordedProblems().settings(Map.of("bind", "127.0.0.1", "port", "0")));
        SourceContext context = new SourceContext("a1", "r1", inlet, metrics, InstantSource.system());
        try (NetcatSource source = new NetcatSource(context, settings, Transport.pausable())) {
            source.start();
            try (Socket peer = new Socket(
                    InetAddress.getLoopbackAddress(), source.boundAddress().getPort())) {
                peer.setSoTimeout(60_000);
                inlet.hold();
                peer.getOutputStream()
                        .write(("line\n".repeat(100) + "x".repeat(UNREAD_BYTES)).getBytes(StandardCharsets.US_ASCII));
                peer.shutdownOutput();
                await().until(() -> inlet.heldBatches() == 1);
                inlet.release();

                String answers = new String(peer.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);

                assertThat(answers)
                        .isEqualTo("OK\n".repeat(100)
                                + "FAILED: Event exceeds the maximum length (512 chars, including newline)\n");
            }
        }
        assertThat(inlet.bodies()).hasSize(100);
    }
}
