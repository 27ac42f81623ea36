package org.millrace.relay.source.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.codahale.metrics.MetricRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.api.BatchSized;
import org.millrace.api.ChannelException;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.Source;
import org.millrace.api.SourceContext;
import org.millrace.api.SourceMetrics;
import org.millrace.api.StartException;
import org.millrace.testkit.RecordedProblems;
import org.millrace.testkit.RecordingInlet;

/** Runs commands of a real shell. */
class ExecSourceTest {
    @TempDir
    Path temporary;

    private final RecordingInlet inlet = new RecordingInlet();
    private final MetricRegistry registry = new MetricRegistry();
    private final SourceMetrics metrics = new SourceMetrics("s", registry);
    private final RecordedProblems problems = new RecordedProblems();
    private final Map<String, String> values = new HashMap<>(Map.of("shell", "/bin/sh -c", "batchTimeout", "20"));
    private @Nullable Source source;

    @AfterEach
    void stop() {
        inlet.release();
        if (source != null) {
            source.close();
        }
    }

    @Test
    void itIsFoundByBothOfItsNames() {
        assertThat(ServiceLoader.load(ComponentFactory.OfSource.class))
                .anySatisfy(factory ->
                        assertThat(factory.typeNames()).containsExactly("exec", "org.apache.flume.source.ExecSource"));
    }

    @Test
    void everyKeyOfFlumesIsKnownAndTheBatchSizeIsTold() {
        values.put("command", "true");
        Settings settings = problems.settings(values);
        BatchSized sized = (BatchSized) create(settings);
        assertThat(settings.knownKeys())
                .containsExactlyInAnyOrder(
                        "command",
                        "shell",
                        "restart",
                        "restartThrottle",
                        "logStdErr",
                        "batchSize",
                        "batchTimeout",
                        "charset",
                        "maxLineBytes");
        assertThat(sized.batchEvents()).isEqualTo(20);
        assertThat(sized.batchKey()).isEqualTo("batchSize");
        assertThat(problems.problems()).isEmpty();
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource({
        "command, ''",
        "restart, yes",
        "restartThrottle, -1",
        "logStdErr, 1",
        "batchSize, 0",
        "batchTimeout, 0",
        "charset, KLINGON",
        "charset, x-JISAutoDetect",
        "maxLineBytes, 1",
    })
    void aBadValueIsRefusedByName(String key, String value) {
        values.put("command", "true");
        values.put(key, value);
        create(problems.settings(values));
        assertThat(problems.problems()).singleElement().asString().startsWith(key + ": ");
    }

    @Test
    void eachLineIsAnEventWithoutItsEnd() throws StartException {
        start("printf 'one\\ntwo\\r\\n\\nth\\rree\\nend'");
        await().until(() -> inlet.bodies().equals(List.of("one", "two", "", "th", "ree", "end")));
        await().until(() -> metrics.counter("commandEnds").getCount() == 1);
        assertThat(metrics.eventsAccepted.getCount()).isEqualTo(6);
        assertThat(gauge("commandsRunning")).isEqualTo(0);
    }

    @Test
    void withoutAShellTheCommandIsPartedAtBlanksAlone() throws Exception {
        values.remove("shell");
        Path file = Files.writeString(temporary.resolve("f"), "a\nb\n");
        start("cat   " + file);
        await().until(() -> inlet.bodies().equals(List.of("a", "b")));
    }

    @Test
    void aBatchIsPutWhenItIsFullOrAfterItsTime() throws StartException {
        values.put("batchSize", "2");
        start("echo 1; echo 2; echo 3; exec sleep 100");
        await().until(() -> inlet.bodies().equals(List.of("1", "2", "3")));
        assertThat(metrics.appendBatchesAccepted.getCount()).isGreaterThanOrEqualTo(2);
        assertThat(gauge("commandsRunning")).isEqualTo(1);
    }

    @Test
    void whileTheChannelsRefuseNothingIsLostAndTheCommandWaits() throws Exception {
        values.put("batchSize", "1000");
        inlet.refuseWith(new ChannelException("full"));
        Path done = temporary.resolve("done");
        start("seq 1 200000; touch " + done);
        await().until(() -> metrics.channelWriteFails.getCount() > 0);
        assertThat(done).doesNotExist();
        inlet.refuseWith(null);
        await().until(() -> metrics.eventsAccepted.getCount() == 200_000);
        assertThat(inlet.bodies())
                .isEqualTo(IntStream.rangeClosed(1, 200_000)
                        .mapToObj(String::valueOf)
                        .toList());
    }

    @Test
    void aCommandThatHasEndedIsStartedAgainIfThatIsWanted() throws StartException {
        values.put("restart", "true");
        values.put("restartThrottle", "1");
        start("echo run; exit 3");
        await().until(() -> inlet.bodies().size() >= 3);
        assertThat(inlet.bodies()).containsOnly("run");
        assertThat(metrics.counter("commandEnds").getCount()).isGreaterThanOrEqualTo(2);
    }

    @Test
    void aCommandThatCannotBeRunFailsTheStartUnlessItIsToBeTriedAgain() throws StartException {
        values.remove("shell");
        values.put("command", "/no/such/program x");
        Source missing = create(problems.settings(values));
        assertThatThrownBy(missing::start)
                .isInstanceOf(StartException.class)
                .hasMessageContainingAll("source s", "/no/such/program");
        values.put("restart", "true");
        values.put("restartThrottle", "1");
        start("/no/such/program x");
        await().until(() -> metrics.eventReadFails.getCount() > 0);
    }

    @Test
    void standardErrorIsNoEventAndNeverHoldsUpTheCommand() throws StartException {
        for (String logs : List.of("true", "false")) {
            values.put("logStdErr", logs);
            start(
                    "i=0; while [ $i -lt 3000 ]; do echo 0123456789012345678901234567890123456789 >&2; i=$((i+1)); done; echo "
                            + logs);
            await().until(() -> inlet.bodies().contains(logs));
            stop();
        }
        assertThat(inlet.bodies()).containsExactly("true", "false");
    }

    @Test
    void atAStopWhatTheCommandHasPrintedIsPutAndItEnds() throws Exception {
        values.put("batchTimeout", "3600000");
        Path pids = temporary.resolve("pids");
        start("trap 'seq 1 9999; echo last; exit' TERM; sleep 1000 & echo first; echo $! >" + pids
                + "; while :; do wait; done");
        await().until(() -> Files.exists(pids) && Files.readString(pids).endsWith("\n"));
        long child = Long.parseLong(Files.readString(pids).trim());
        await().until(() -> metrics.eventsReceived.getCount() == 0 && isAlive(child));
        stop();
        assertThat(inlet.bodies()).hasSize(10_001).startsWith("first", "1").endsWith("9999", "last");
        await().until(() -> !isAlive(child));
        assertThat(gauge("commandsRunning")).isEqualTo(0);
    }

    @Test
    void aCommandThatIgnoresTheStopAndPrintsOnIsKilledAndWhatItHasPrintedIsPut() throws Exception {
        values.put("batchSize", "1000");
        Path pid = temporary.resolve("pid");
        start("trap '' TERM; echo $$ >" + pid + "; i=0; while :; do i=$((i+1)); echo $i; done");
        await().until(() -> metrics.eventsAccepted.getCount() > 0);
        stop();
        long killed = Long.parseLong(Files.readString(pid).trim());
        await().until(() -> !isAlive(killed));
        List<String> bodies = inlet.bodies();
        assertThat(bodies)
                .isEqualTo(IntStream.rangeClosed(1, bodies.size())
                        .mapToObj(String::valueOf)
                        .toList());
        assertThat(gauge("commandsRunning")).isEqualTo(0);
    }

    @Test
    void aStopWhileTheChannelsRefuseTellsWhatIsLost() throws StartException {
        inlet.refuseWith(new ChannelException("full"));
        start("echo 1; exec sleep 100");
        await().until(() -> metrics.channelWriteFails.getCount() > 0);
        stop();
        assertThat(metrics.counter("eventsLost").getCount()).isEqualTo(1);
    }

    @Test
    void bytesThatAreNoCharactersComeOutAsReplacements() throws StartException {
        start("printf 'a\\377b\\n\\303\\244\\n'");
        await().until(() -> inlet.bodies().equals(List.of("a\uFFFDb", "ä")));
    }

    @Test
    void aCharsetWithoutAsciiIsCutIntoLinesAllTheSame() throws StartException {
        values.put("charset", "UTF-16LE");
        start("printf 'a\\0\\n\\0b\\0'");
        await().until(() -> inlet.bodies().equals(List.of("a\0", "b\0")));
    }

    @Test
    void aLineThatIsTooLongGoesOnInTheNextEvent() throws StartException {
        values.put("maxLineBytes", "16");
        start("printf '0123456789abcdef\\n0123456789abcdefg\\n'");
        await().until(() -> inlet.bodies().equals(List.of("0123456789abcdef", "0123456789abcdef", "g")));
        assertThat(metrics.counter("linesCut").getCount()).isEqualTo(1);
    }

    private void start(String command) throws StartException {
        values.put("command", command);
        source = create(problems.settings(values));
        assertThat(problems.problems()).isEmpty();
        source.start();
    }

    private Source create(Settings settings) {
        return new ExecSourceFactory()
                .create(new SourceContext("a", "s", inlet, metrics, InstantSource.system()), settings);
    }

    private Object gauge(String name) {
        return registry.getGauges().get("source.s." + name).getValue();
    }

    private static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }
}
