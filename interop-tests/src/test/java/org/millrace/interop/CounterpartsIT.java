package org.millrace.interop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.testkit.process.AgentProcess.Kind;

/** An agent of ours and the tools that most machines have; {@code scripts/try-counterparts} has more of them. */
class CounterpartsIT {
    private static final List<String> LINES = IntStream.range(0, 100)
            .mapToObj(number -> "line " + number + " gr\u00fcn [\"<13>\"] a:  b")
            .toList();

    @TempDir
    private static Path dir;

    private static ListeningAgent agent;
    private static Path lines;

    @BeforeAll
    static void start() throws IOException {
        lines = Files.write(dir.resolve("lines"), LINES);
        agent = new ListeningAgent(Kind.MILLRACE, dir);
        agent.awaitOpen();
    }

    @AfterAll
    static void stop() throws IOException {
        agent.close();
    }

    /** The last column is what logger puts before each line, as the source leaves it in the body. */
    @ParameterizedTest(name = "{1}")
    @CsvSource(delimiter = '|', textBlock = """
            syslog     | --tcp --rfc3164                      | app:
            syslog     | --tcp --rfc3164 --octet-count        | app:
            syslog     | --tcp --rfc5424=notq                 | app - - -
            syslog     | --tcp --rfc5424=notq --octet-count   | app - - -
            syslog-udp | --udp --rfc3164                      | app:
            syslog-udp | --udp --rfc5424=notq                 | app - - -
            multiport  | --tcp --rfc3164                      | app:
            multiport  | --tcp --rfc5424=notq                 | app - - -
            """)
    void whatLoggerSendsArrives(String source, String options, String before) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "logger", "-n", "127.0.0.1", "-P", Integer.toString(agent.port(source)), "-p", "local3.warning", "-t"));
        command.addAll(List.of("app", "-f", lines.toString()));
        command.addAll(List.of(options.split(" ")));
        run(command);

        List<String> events = agent.recorder().take(LINES.size());
        assertThat(events.stream().map(CounterpartsIT::body))
                .containsExactlyInAnyOrderElementsOf(
                        LINES.stream().map(line -> before + " " + line).toList());
        assertThat(events)
                .allSatisfy(event -> assertThat(event).contains("Facility=19 ", "Severity=4 ", "ip=127.0.0.1 "));
    }

    @Test
    void whatCurlPostsArrives() throws Exception {
        Path json = Files.writeString(
                dir.resolve("json"),
                "[{\"headers\": {\"from\": \"curl\"}, \"body\": \"gr\u00fcn\"}, {\"body\": \"two\"}]");
        assertThat(post("http", "--data-binary", "@" + json, "-H", "Content-Type: application/json; charset=utf-8"))
                .isEqualTo("200");
        assertThat(agent.recorder().take(2)).containsExactly("from=curl |" + asBytes("gr\u00fcn"), "|two");
    }

    @Test
    void whatCurlCannotGetRidOfIsSaidToIt() throws Exception {
        assertThat(post("http", "--data-binary", "[{\"body\": \"cut off")).isEqualTo("400");
        assertThat(post("http-blob", "--data-binary", "no parameter")).isEqualTo("500"); // as Flume answers
    }

    private static String post(String source, String... options) throws Exception {
        List<String> command =
                new ArrayList<>(List.of("curl", "-sS", "-m", "60", "-o", "/dev/null", "-w", "%{http_code}"));
        command.addAll(List.of(options));
        command.add("http://127.0.0.1:" + agent.port(source) + "/");
        return run(command);
    }

    /** What it says; it must succeed. Skips the test where the tool is missing. */
    private static String run(List<String> command) throws Exception {
        assumeTrue(isHere(command.get(0)), command.get(0) + " is not on this machine");
        Process tool = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            tool.getOutputStream().close();
            String said = new String(tool.getInputStream().readAllBytes(), UTF_8);
            assertThat(tool.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(tool.exitValue()).as("%s: %s", command, said).isZero();
            return said;
        } finally {
            tool.destroyForcibly();
        }
    }

    private static boolean isHere(String tool) {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, tool)));
    }

    /** The recorder's lines have a character for each byte. */
    private static String body(String event) {
        return new String(event.substring(event.indexOf('|') + 1).getBytes(ISO_8859_1), UTF_8);
    }

    private static String asBytes(String text) {
        return new String(text.getBytes(UTF_8), ISO_8859_1);
    }
}
