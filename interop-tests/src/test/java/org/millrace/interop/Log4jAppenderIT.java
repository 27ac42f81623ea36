package org.millrace.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.testkit.process.AgentProcess;
import org.millrace.testkit.process.AgentProcess.Kind;
import org.millrace.testkit.process.FreePorts;
import org.millrace.testkit.process.JavaProcess;

/** An application that logs with Log4j's Flume appender, as released → our agent → the recorder. */
class Log4jAppenderIT {
    private static final int LINES = 2_000;

    @Test
    void everyLineThatIsLoggedArrivesOnce(@TempDir Path dir) throws Exception {
        int port = FreePorts.next();
        Path log4j = Files.writeString(dir.resolve("log4j2.xml"), configuration(port));
        try (RecordingServer recorder = new RecordingServer(Log4jAppenderIT::check);
                AgentProcess agent = AgentProcess.start(
                        Kind.MILLRACE,
                        "agent",
                        dir,
                        List.of(),
                        AgentFiles.channel("s", "k")
                                + AgentFiles.avroSource("s", port, "none")
                                + AgentFiles.avroSink("k", recorder.port(), 1_000, "none"),
                        port);
                JavaProcess application = JavaProcess.start(
                        "application",
                        dir,
                        AgentProcess.flumeFlags("-Dlog4j2.configurationFile=" + log4j),
                        AgentProcess.flumeClassPath(),
                        List.of("org.millrace.flume.Log4jClient", Integer.toString(LINES)))) {
            assertThat(application.awaitExit()).as(application.log()).isZero();
            await().until(() -> recorder.numbers() >= LINES);
            assertThat(recorder.firstFault()).isNull();
            assertThat(recorder.events()).as("none twice").isEqualTo(LINES);
            assertThat(agent.process().isAlive()).isTrue();
        }
    }

    /** The line's number; the appender gives each event these headers. */
    private static int check(Map<String, String> headers, byte[] body) {
        String text = new String(body, UTF_8);
        if (!text.startsWith("line ") || !headers.keySet().containsAll(List.of("guId", "timeStamp"))) {
            throw new IllegalArgumentException(headers + " " + text);
        }
        return Integer.parseInt(text.substring("line ".length()));
    }

    private static String configuration(int port) {
        return """
                <Configuration status="warn">
                  <Appenders>
                    <Flume name="flume" type="Avro" compress="false" ignoreExceptions="false">
                      <Agent host="127.0.0.1" port="%d"/>
                      <PatternLayout pattern="%%m"/>
                    </Flume>
                  </Appenders>
                  <Loggers>
                    <Logger name="app" level="info" additivity="false">
                      <AppenderRef ref="flume"/>
                    </Logger>
                    <Root level="error"/>
                  </Loggers>
                </Configuration>
                """.formatted(port);
    }
}
