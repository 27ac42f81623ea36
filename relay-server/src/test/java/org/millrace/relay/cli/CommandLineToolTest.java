package org.millrace.relay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.relay.Relay;
import org.millrace.relay.config.Assembly;
import org.millrace.relay.config.Backup;
import org.millrace.relay.config.Configuration;
import org.millrace.relay.config.ConfigurationUri;
import org.millrace.relay.config.Environment;
import org.millrace.relay.config.Text;
import org.millrace.relay.fakes.Diary;
import org.millrace.relay.fakes.FakeParts;

class CommandLineToolTest {
    private static final String GOOD = """
            a.channels = c1
            a.sinks = k1
            a.channels.c1.type = memory
            a.sinks.k1.type = avro
            a.sinks.k1.channel = c1
            a.sinks.k1.hostname = h
            a.sinks.k1.port = 1
            """;

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final Runner runner = new Runner();
    private Path good;
    private Path bad;

    @BeforeEach
    void writeFiles() throws IOException {
        good = Files.writeString(directory.resolve("good.properties"), GOOD);
        bad = Files.writeString(
                directory.resolve("bad.properties"),
                GOOD.replace("k1.channel = c1", "k1.channel = c2").replace("port = 1", "port = 0"));
    }

    @Test
    void anAgentRuns() {
        assertThat(run("agent", "-n", "a", "-f", good.toString())).isEqualTo(ExitCode.DONE);
        assertThat(runner.ran).containsExactly("a");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "agent --name a --conf-file FILE --conf conf --no-reload-conf",
                "agent -name a -conf-file FILE -conf conf -no-reload-conf",
                "agent --name=a --conf-file=FILE -c conf -i 5",
                "agent -n a -f FILE -f FILE --poll-interval 5",
                "node -n a -f FILE",
                "agent --lenient -n a -f FILE",
            })
    void optionsMayBeWrittenAsForFlume(String arguments) {
        assertThat(run(arguments.replace("FILE", good.toString()).split(" "))).isEqualTo(ExitCode.DONE);
        assertThat(runner.ran).containsExactly("a");
    }

    @Test
    void aBadConfigurationIsRefusedWithAllMistakesAndACount() {
        assertThat(run("agent", "-n", "a", "-f", bad.toString())).isEqualTo(ExitCode.REFUSED);
        assertThat(runner.ran).isEmpty();
        assertThat(err.toString().lines())
                .containsExactly(
                        bad
                                + ":5: a.sinks.k1.channel: c2 (expected: one of the declared channels: c1; did you mean c1?)",
                        bad + ":7: a.sinks.k1.port: 0 (expected: a whole number, 1 to 65535)",
                        "2 mistakes; nothing was started");
    }

    @Test
    void validateTellsTheSameAndStartsNothing() {
        assertThat(run("validate", "-n", "a", "-f", bad.toString())).isEqualTo(ExitCode.REFUSED);
        String told = err.toString();
        err.getBuffer().setLength(0);
        run("agent", "-n", "a", "-f", bad.toString());
        assertThat(told).isEqualTo(err.toString());
        assertThat(runner.ran).isEmpty();
    }

    @Test
    void validateShowsWhatWouldRun() {
        assertThat(run("validate", "-n", "a", "-f", good.toString())).isEqualTo(ExitCode.DONE);
        assertThat(out.toString().lines())
                .containsExactly(good + ": agent a can run", "  channels  c1 (memory)", "  sinks     c1 -> k1 (avro)");
        assertThat(runner.ran).isEmpty();
    }

    @Test
    void validateShowsWhatASinkExpectsToDo() throws IOException {
        Path file = Files.writeString(directory.resolve("hdfs.properties"), """
                a.channels = c1
                a.sinks = k1
                a.channels.c1.type = memory
                a.sinks.k1.type = hdfs
                a.sinks.k1.channel = c1
                a.sinks.k1.hdfs.path = /logs
                """);
        assertThat(run("validate", "-n", "a", "-f", file.toString())).isEqualTo(ExitCode.DONE);
        assertThat(out.toString().lines()).containsSequence("  sinks     c1 -> k1 (hdfs)", "            outlook of k1");
    }

    @Test
    void aMistakeInASystemPropertyIsRefusedToo() {
        runner.problems.add("-Dflume.monitoring.port=x (expected: a port, 0 to 65535)");
        assertThat(run("agent", "--lenient", "-n", "a", "-f", good.toString())).isEqualTo(ExitCode.REFUSED);
        assertThat(err.toString())
                .startsWith("-Dflume.monitoring.port=x (expected: a port")
                .endsWith("1 mistake; nothing was started" + System.lineSeparator());
    }

    @Test
    void whatEndsTheAgentIsItsExitCode() {
        runner.exitCode = ExitCode.FAILED;
        assertThat(run("agent", "-n", "a", "-f", good.toString())).isEqualTo(ExitCode.FAILED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "agent -f FILE",
                "agent -n a",
                "agent -n a -f FILE --nope",
                "agent -n a -f FILE -i often",
                "agent -n a -f FILE extra",
                "agnet -n a -f FILE",
                "tool fcintegritytool -l data",
                "validate",
                "help nope",
            })
    void aWrongCommandLineHasItsOwnExitCode(String arguments) {
        assertThat(run(arguments.replace("FILE", good.toString()).split(" "))).isEqualTo(ExitCode.USAGE);
        assertThat(runner.ran).isEmpty();
        assertThat(err.toString()).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-a", "--auth-provider", "-prov", "--conf-provider"})
    void flumesOtherOptionsAreRefusedByName(String option) {
        assertThat(run("agent", "-n", "a", "-f", good.toString(), option, "value"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains(option + " is not supported yet");
    }

    @Test
    void aConfigurationMayBeNamedByAUriAndThenAFileHasNoEffect() {
        assertThat(run("agent", "-n", "a", "-u", good.toUri().toString(), "-f", bad.toString()))
                .isEqualTo(ExitCode.DONE);
        assertThat(runner.ran).containsExactly("a");
        assertThat(err.toString()).contains("-f has no effect beside -u");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://host/a.properties", "http://me:pw@host/a", "http:///a", "a b"})
    void aUriThatCannotBeReadIsRefused(String uri) {
        assertThat(run("agent", "-n", "a", "-u", uri)).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("--conf-uri " + uri);
    }

    @Test
    void withoutTheModuleForItZooKeeperIsRefused() {
        assertThat(run("agent", "-n", "a", "-z", "localhost")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("--zkConnString localhost", "zookeeper-*.jar");
    }

    @Test
    void changesAreLookedForEveryThirtySecondsEveryFiveMinutesOverHttpOrNotAtAll() {
        run("agent", "-n", "a", "-f", good.toString());
        assertThat(runner.changes.pollInterval()).hasSeconds(30);
        run("agent", "-n", "a", "-f", good.toString(), "-i", "7");
        assertThat(runner.changes.pollInterval()).hasSeconds(7);
        run("agent", "-n", "a", "-f", good.toString(), "--no-reload-conf");
        assertThat(runner.changes.pollInterval()).isNull();
        assertThat(run("agent", "-n", "a", "-f", good.toString(), "-i", "0")).isEqualTo(ExitCode.USAGE);
        assertThat(ConfigurationUri.source("http://127.0.0.1/a", "", "").pollInterval())
                .hasMinutes(5);
    }

    @Test
    void optionsMayHaveTheirDefaultsInFlumeOpts() {
        Properties defaults = new Properties();
        defaults.setProperty("conf-file", good.toString());
        defaults.setProperty("name", "a");
        defaults.setProperty("poll-interval", "9");
        CommandLineTool tool = new CommandLineTool(
                        this::read, runner, new PrintWriter(out, true), new PrintWriter(err, true))
                .withDefaults(defaults);
        assertThat(tool.run("agent")).as(err.toString()).isEqualTo(ExitCode.DONE);
        assertThat(runner.changes.pollInterval()).hasSeconds(9);
        assertThat(tool.run("agent", "-i", "4")).isEqualTo(ExitCode.DONE);
        assertThat(runner.changes.pollInterval()).hasSeconds(4);
        assertThat(tool.run("agent", "-f", bad.toString())).isEqualTo(ExitCode.REFUSED);
    }

    @Test
    void theLastGoodConfigurationStandsInWhereTheFileCannotBeRead() throws IOException {
        Path backups = directory.resolve("backups");
        new Backup(backups, "a").save(List.of(new Text("f", Files.readAllBytes(good))));
        Path gone = directory.resolve("gone.properties");
        assertThat(run("agent", "-n", "a", "-f", gone.toString(), "-b", backups.toString()))
                .as(err.toString())
                .isEqualTo(ExitCode.DONE);
        assertThat(run("agent", "-n", "a", "-f", gone.toString())).isEqualTo(ExitCode.REFUSED);
    }

    @Test
    void aPlanTellsWhatBecomesOfEachPartAndWhy() throws IOException {
        Path next = Files.writeString(
                directory.resolve("next.properties"),
                GOOD.replace("port = 1", "port = 2").replace("a.channels = c1", "a.channels = c1 c2")
                        + "a.channels.c2.type = memory\na.sinks.k1.token = top\n"
                        + "a.sources = r1\na.sources.r1.type = avro\na.sources.r1.bind = h\n"
                        + "a.sources.r1.port = 3\na.sources.r1.channels = c1 c2\n"
                        + "a.sources.r1.keystore-password = sesame\n");
        Path last = Files.writeString(
                directory.resolve("last.properties"),
                Files.readString(next)
                        .replace("channels = c1 c2\n", "channels = c1\n")
                        .replace("sesame", "hush")
                        .replace("a.channels.c2.type = memory\n", "")
                        .replace("a.sinks.k1.token = top\n", ""));
        assertThat(run("plan", next.toString(), last.toString(), "-n", "a"))
                .isEqualTo(ExitCode.REFUSED); // token: unknown
        Files.writeString(next, Files.readString(next).replace("a.sinks.k1.token = top\n", ""));
        assertThat(run("plan", next.toString(), last.toString(), "-n", "a"))
                .as(err.toString())
                .isEqualTo(ExitCode.DONE);
        assertThat(out.toString().lines())
                .containsExactly(
                        next + " -> " + last + ": agent a",
                        "  restart  source      r1 (avro) -> c1",
                        "             keystore-password: ****** -> ******",
                        "             channels: c1 c2 -> c1",
                        "  keep     channel     c1 (memory)",
                        "  stop     channel     c2 (memory)",
                        "             is gone",
                        "  keep     sink        c1 -> k1 (avro)");
        assertThat(run("plan", good.toString(), bad.toString(), "-n", "a")).isEqualTo(ExitCode.REFUSED);
        assertThat(err.toString()).contains(bad + " is refused");
    }

    @Test
    void noCommandShowsTheCommands() {
        assertThat(run()).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString())
                .contains("agent", "validate", "version", "help")
                .doesNotContain("node", "tool");
    }

    @Test
    void theCommandsOfAChannelAreReached() {
        assertThat(run("channel", "ls", directory.toString())).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).startsWith("millrace channel ls: " + directory + " holds no file channel");
        assertThat(run("channel", "help")).isEqualTo(ExitCode.DONE);
        assertThat(out.toString()).contains("verify", "repair", "export");
    }

    @Test
    void aChannelMayBeNamedByItsAgentsConfiguration() throws IOException {
        Path data = Files.createDirectory(directory.resolve("data"));
        Path file = Files.writeString(
                directory.resolve("durable.properties"),
                GOOD.replace("type = memory", "type = file\na.channels.c1.dataDirs = " + data));
        String[] of = {"channel", "ls", "--conf-file", file.toString(), "--name", "a", "--channel"};
        assertThat(run(with(of, "c1"))).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).contains(data + " holds no file channel");
        assertThat(run(with(of, "c2"))).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("no channel c2 of agent a (there: c1)");
    }

    private static String[] with(String[] arguments, String last) {
        String[] all = Arrays.copyOf(arguments, arguments.length + 1);
        all[arguments.length] = last;
        return all;
    }

    @Test
    void aMistakeInACommandOfACommandNamesBoth() {
        assertThat(run("channel", "cat", "--nope", directory.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString())
                .startsWith("millrace channel cat: Unknown option")
                .endsWith("See: millrace channel help cat\n");
        assertThat(run("channel")).isEqualTo(ExitCode.USAGE);
        assertThat(run("channel", "nope")).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void ofAWrongWordTheNearestRightOneIsTold() {
        run("valdate", "-n", "a");
        run("channel", "verfy", directory.toString());
        run("agent", "-n", "a", "--conf-fiel=x");
        assertThat(err.toString().lines())
                .contains(
                        "millrace: valdate: no such command (did you mean validate?)",
                        "millrace channel: verfy: no such command (did you mean verify?)",
                        "millrace agent: Unknown option: '--conf-fiel=x' (did you mean --conf-file?)");
    }

    @Test
    void aWordThatIsLikeNoneGetsNoHint() {
        run("frobnicate");
        assertThat(err.toString()).startsWith("millrace: frobnicate: no such command\n");
    }

    @Test
    void theListOfCommandsSaysWhatEachDoesInWholeSentences() {
        run("help");
        assertThat(out.toString())
                .contains("help         Show the options of a command, or the keys of a component.\n");
    }

    @Test
    void helpExplainsTheKeysOfAComponent() {
        assertThat(run("help", "sink", "AVRO")).isEqualTo(ExitCode.DONE);
        assertThat(out.toString())
                .contains(
                        "type = avro, or org.apache.flume.sink.AvroSink",
                        "hostname (required)",
                        "batch-size = 100",
                        "Expected: a whole number, 1 to 65535.");
    }

    @Test
    void helpListsTheTypesOfAKind() {
        assertThat(run("help", "source")).isEqualTo(ExitCode.DONE);
        assertThat(out.toString()).contains("avro: ", "spooldir: ", "millrace help source TYPE");
    }

    @Test
    void helpOfTheCommandThatIsAKindTooTellsOfBoth() {
        assertThat(run("help", "channel")).isEqualTo(ExitCode.DONE);
        assertThat(out.toString()).contains("verify", "memory: ", "millrace help channel TYPE");
        assertThat(run("help", "channel", "file")).isEqualTo(ExitCode.DONE);
        assertThat(out.toString()).contains("segmentSize = 67108864");
    }

    @Test
    void helpKnowsWhatItDoesNotKnow() {
        assertThat(run("help", "sink", "nope")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString())
                .contains("nope (expected: a type of sink: avro, file_roll, hdfs, http, logger, null, thrift)");
    }

    @Test
    void helpExplainsACommand() {
        assertThat(run("help", "agent")).isEqualTo(ExitCode.DONE);
        assertThat(out.toString())
                .contains("--conf-file", "--lenient", "--no-reload-conf", "--zkBasePath")
                .doesNotContain("conf-provider");
    }

    @Test
    void everyCommandHasHelpOfItsOwn() {
        assertThat(run("validate", "-h")).isEqualTo(ExitCode.DONE);
        assertThat(run("-h")).isEqualTo(ExitCode.DONE);
    }

    @Test
    void versionNamesTheProgramAndItsVersion() {
        assertThat(run("version")).isEqualTo(ExitCode.DONE);
        assertThat(out.toString().lines().findFirst())
                .hasValueSatisfying(line -> assertThat(line).matches("Millrace \\d+\\.\\d+.*"));
        assertThat(out.toString()).contains("Flume 1.11.0").doesNotContain("${");
    }

    private int run(String... arguments) {
        return new CommandLineTool(this::read, runner, new PrintWriter(out, true), new PrintWriter(err, true))
                .run(arguments);
    }

    private Configuration read(Configuration.Request request, @Nullable Assembly running) {
        return Configuration.read(
                request,
                new Environment(Map.of(), new Properties()),
                FakeParts.catalog(new Diary()),
                Relay.routing(),
                InstantSource.system(),
                running);
    }

    private static final class Runner implements AgentRunner {
        private final List<String> ran = new ArrayList<>();
        private final List<String> problems = new ArrayList<>();
        private int exitCode = ExitCode.DONE;
        private Changes changes;

        @Override
        public List<String> problems() {
            return problems;
        }

        @Override
        public int run(Configuration configuration, Changes changes) {
            ran.add(configuration.assembly().agent());
            this.changes = changes;
            return exitCode;
        }
    }
}
