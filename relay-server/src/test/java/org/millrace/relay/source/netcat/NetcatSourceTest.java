package org.millrace.relay.source.netcat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.millrace.api.SourceContext;
import org.millrace.api.SourceMetrics;
import org.millrace.api.StartException;
import org.millrace.testkit.RecordedProblems;
import org.millrace.testkit.RecordingInlet;

/** The source as a whole, on a port of loopback. */
class NetcatSourceTest {
    /** More than the source reads at once, less than the two sockets hold. */
    private static final int UNREAD_BYTES = 200_000;

    private final RecordingInlet inlet = new RecordingInlet();
    private final MetricRegistry registry = new MetricRegistry();
    private final SourceMetrics metrics = new SourceMetrics("r1", registry);

    /** More than the buffers of both sides hold: the peer gets it out only if it is read. */
    @Test
    void whoSendsALineThatIsTooLongStillHearsWhatWasTaken() throws Exception {
        try (NetcatSource source = start("max-line-length", "20");
                Socket peer = connect(source)) {
            send(peer, "one\ntwo\n" + "x".repeat(8 << 20));
            peer.shutdownOutput();

            String answers = new String(peer.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);

            assertThat(answers)
                    .isEqualTo("OK\nOK\nFAILED: Event exceeds the maximum length (20 chars, including newline)\n");
        }
        assertThat(inlet.bodies()).containsExactly("one", "two");
    }

    /** What lies unread in a socket that is closed takes the answers back that its peer has not read yet. */
    @Test
    void whatCameWhileAnswersWereDueDoesNotTakeThemBack() throws Exception {
        try (NetcatSource source = start();
                Socket peer = connect(source)) {
            inlet.hold();
            send(peer, "line\n".repeat(100) + "x".repeat(UNREAD_BYTES));
            peer.shutdownOutput();
            await().until(() -> inlet.heldBatches() == 1);
            inlet.release();

            String answers = new String(peer.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);

            assertThat(answers)
                    .isEqualTo("OK\n".repeat(100)
                            + "FAILED: Event exceeds the maximum length (512 chars, including newline)\n");
        }
        assertThat(inlet.bodies()).hasSize(100);
    }

    @Test
    void whileTooMuchIsPendingNotEvenTheFirstBytesOfAConnectionAreRead() throws Exception {
        inlet.hold();
        try (NetcatSource source = start("maxPendingBytes", "64KiB", "max-line-length", "100000");
                Socket first = connect(source)) {
            send(first, "x".repeat(80_000) + "\n");
            await().until(() -> pauses() == 1);
            try (Socket second = connect(source)) {
                await().until(() -> pauses() == 2);
                send(second, "two\n");
                assertThat(metrics.eventsReceived.getCount()).isEqualTo(1);

                inlet.release();

                await().until(() -> inlet.bodies().size() == 2);
            }
        }
    }

    private long pauses() {
        return registry.counter("source.r1.readPauses").getCount();
    }

    private NetcatSource start(String... keysAndValues) throws StartException {
        Map<String, String> values = new HashMap<>(Map.of("bind", "127.0.0.1", "port", "0"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            values.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        RecordedProblems problems = new RecordedProblems();
        SourceContext context = new SourceContext("a1", "r1", inlet, metrics, InstantSource.system());
        NetcatSource source = (NetcatSource) new NetcatSourceFactory().create(context, problems.settings(values));
        assertThat(problems.problems()).isEmpty();
        source.start();
        return source;
    }

    private static Socket connect(NetcatSource source) throws IOException {
        Socket peer = new Socket(
                source.boundAddress().getAddress(), source.boundAddress().getPort());
        peer.setSoTimeout(60_000);
        return peer;
    }

    private static void send(Socket peer, String text) throws IOException {
        peer.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }
}
