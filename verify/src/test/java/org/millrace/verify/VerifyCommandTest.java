package org.millrace.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import picocli.CommandLine;

@Timeout(300)
class VerifyCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path dir;

    private Path ledger;

    @BeforeEach
    void begin() throws Exception {
        ledger = CraftedRun.write(dir.resolve("ledger"));
    }

    @Test
    void whatIsAllThereIsSuccessAndTheTableSaysSo() throws Exception {
        Files.write(dir.resolve("a.log"), CraftedRun.lines(0, 30));
        assertThat(run(ledger.toString(), "--in", dir.resolve("a.log").toString()))
                .isZero();
        assertThat(out.toString())
                .contains("50 events: 30 acked, 10 refused, 10 unknown")
                .containsPattern("lost +0\n")
                .contains("nothing is lost or corrupt");
    }

    @Test
    void severalPlacesCountTogetherAndLossFails() throws Exception {
        Files.write(dir.resolve("a.log"), CraftedRun.lines(0, 10));
        Files.write(dir.resolve("b.log"), CraftedRun.lines(9, 29));
        int exit =
                run(ledger.toString(), "--json", "--in=" + dir.resolve("a.log"), "--in=file://" + dir.resolve("b.log"));
        assertThat(exit).isEqualTo(1);
        JsonNode json = new ObjectMapper().readTree(out.toString());
        assertThat(json.path("good").asBoolean()).isFalse();
        assertThat(json.path("lost").asLong()).isEqualTo(1);
        assertThat(json.path("lostNumbers").asText()).isEqualTo("29");
        assertThat(json.path("duplicates").path("ofBatchesSentOnce").asLong()).isEqualTo(1);
        assertThat(json.path("ledger").path("complete").asBoolean()).isTrue();
    }

    @Test
    void aPortIsListenedToUntilAllIsThere() throws Exception {
        assertThat(run(ports(0, 30), ledger.toString(), "--in=avro-port:4545", "--idle=1h"))
                .isZero();
    }

    @Test
    void aPortOnWhichNothingComesAnyMoreIsLeft() throws Exception {
        assertThat(run(ports(0, 20), ledger.toString(), "--in=avro-port:[::1]:4545", "--idle=300ms"))
                .isEqualTo(1);
        assertThat(out.toString()).contains("10: 20-29");
    }

    @ParameterizedTest
    @ValueSource(strings = {"avro-port:", "avro-port:x", "avro-port:99999"})
    void aPortThatIsNoneIsAMistakeOfTheCommandLine(String place) {
        assertThat(run(ledger.toString(), "--in=" + place)).isEqualTo(2);
        assertThat(err.toString()).contains("--in: " + place + " (expected: avro-port:PORT");
    }

    @Test
    void aMissingPlaceOrABadTimeIsAMistakeOfTheCommandLine() {
        assertThat(run(ledger.toString())).isEqualTo(2);
        assertThat(run(ledger.toString(), "--in=x", "--idle=10")).isEqualTo(2);
    }

    @Test
    void aFileThatIsNoLedgerIsNamed() throws Exception {
        Path text = Files.writeString(dir.resolve("text"), "hello");
        assertThat(run(text.toString(), "--in=" + dir)).isEqualTo(1);
        assertThat(err.toString()).startsWith("millrace verify: " + text + ": not a ledger that can be read");
    }

    /** Somebody sends these events as soon as there is a port. */
    private static EventPort ports(long first, long end) {
        return (host, port, taker) -> {
            assertThat(port).isEqualTo(4545);
            try (EventBatchBuilder builder = new EventBatchBuilder()) {
                byte[] headers = EventBatchBuilder.encodeHeaders(Map.of("host", "web01"));
                for (long number = first; number < end; number++) {
                    byte[] event = CraftedRun.event(number);
                    builder.add(headers, event, 0, event.length);
                }
                EventBatch batch = builder.build();
                taker.take(batch);
                batch.release();
            }
            return () -> {};
        };
    }

    private int run(String... arguments) {
        return run(ports(0, 0), arguments);
    }

    private int run(EventPort ports, String... arguments) {
        VerifyCommand command = new VerifyCommand(new PrintWriter(out), new PrintWriter(err), false, ports);
        return new CommandLine(command).setErr(new PrintWriter(err, true)).execute(arguments);
    }
}
