package org.millrace.relay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.millrace.api.SourceContext;
import org.millrace.api.SourceMetrics;
import org.millrace.relay.source.avro.AvroSource;
import org.millrace.relay.source.avro.AvroSourceFactory;
import org.millrace.testkit.RecordedProblems;
import org.millrace.testkit.RecordingInlet;

/** The load tester, as the program runs it, against our own Avro source. */
@Timeout(300)
class LoadCommandIT {
    private final RecordingInlet inlet = new RecordingInlet();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void everyEventOfAClosedLoopArrivesOnce() throws Exception {
        JsonNode result = load("--events", "20k", "--batch", "50", "--body", "64");
        assertThat(result.path("ackedEvents").asInt()).isEqualTo(20_000);
        assertThat(inlet.accepted())
                .hasSize(20_000)
                .allSatisfy(event -> assertThat(event.body()).hasSize(64));
    }

    @Test
    void everyEventOfAnOpenLoopArrivesOnceAndNoBatchIsLeftOutOfTheLatencies() throws Exception {
        JsonNode result = load("--events", "2k", "--batch", "10", "--rate", "4k");
        assertThat(inlet.accepted()).hasSize(2_000);
        assertThat(result.path("ackedEvents").asInt()).isEqualTo(2_000);
        assertThat(result.path("latencyMicros").path("count").asInt()).isEqualTo(200);
        assertThat(result.path("loopLagMicros").path("count").asInt()).isPositive();
        assertThat(result.path("processors").path("busiestEventLoop").isNumber())
                .isTrue();
    }

    private JsonNode load(String... options) throws Exception {
        SourceMetrics metrics = new SourceMetrics("r", new MetricRegistry());
        AvroSource source = (AvroSource) new AvroSourceFactory()
                .create(
                        new SourceContext("a", "r", inlet, metrics, InstantSource.system()),
                        new RecordedProblems().settings(Map.of("bind", "127.0.0.1", "port", "0")));
        source.start();
        try {
            String[] arguments = new String[options.length + 4];
            arguments[0] = "load";
            arguments[1] = "127.0.0.1:" + source.boundAddress().getPort();
            arguments[2] = "--json";
            arguments[3] = "-q";
            System.arraycopy(options, 0, arguments, 4, options.length);
            CommandLineTool tool = new CommandLineTool(
                    (request, running) -> {
                        throw new IllegalStateException("no configuration here");
                    },
                    new NoAgents(),
                    new PrintWriter(out, true),
                    new PrintWriter(err, true));
            assertThat(tool.run(arguments)).as(err.toString()).isEqualTo(ExitCode.DONE);
            return new ObjectMapper().readTree(out.toString());
        } finally {
            source.close();
        }
    }
}
