package org.millrace.log4j2;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.ConfigurationSource;
import org.apache.logging.log4j.core.config.xml.XmlConfiguration;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.core.layout.AbstractStringLayout;
import org.apache.logging.log4j.message.SimpleMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.testkit.RelayUnderTest;
import org.millrace.testkit.TestCertificates;

/** With a real Avro source, and the appender as Log4j finds it by its name in a configuration. */
@Timeout(300)
class MillraceAppenderTest {
    private static final String LAYOUT = "<PatternLayout pattern='%p %m'/>";

    @Test
    void eventsArriveWithFlumesHeaders() throws Exception {
        try (RelayUnderTest relay = RelayUnderTest.started();
                LoggerContext context = context(relay.port(), "", "")) {
            long before = System.currentTimeMillis();
            context.getLogger("com.example.Shop").error("grüße {}", 7);
            await().until(() -> relay.bodies().size() == 1);

            assertThat(relay.bodies()).containsExactly("grüße 7");
            Map<String, String> headers = relay.inlet().accepted().get(0).headers();
            assertThat(headers)
                    .containsEntry("flume.client.log4j.logger.name", "com.example.Shop")
                    .containsEntry("flume.client.log4j.log.level", "40000")
                    .containsEntry("flume.client.log4j.message.encoding", "UTF8");
            assertThat(Long.parseLong(headers.get("flume.client.log4j.timestamp")))
                    .isBetween(before, System.currentTimeMillis());
        }
    }

    @Test
    void theLayoutMakesTheBodyAndAStopSendsWhatIsInTheBuffer() throws Exception {
        try (RelayUnderTest relay = RelayUnderTest.started()) {
            try (LoggerContext context = context(relay.port(), "batchEvents='7'", LAYOUT)) {
                for (int i = 0; i < 500; i++) {
                    context.getLogger("l").info("line {}", i);
                }
            }
            assertThat(relay.bodies())
                    .isEqualTo(IntStream.range(0, 500)
                            .mapToObj(i -> "INFO line " + i)
                            .toList());
        }
    }

    @Test
    void aRelayThatIsAwayHoldsNobodyUpAndGetsTheEventsLater() throws Exception {
        int port;
        try (RelayUnderTest relay = RelayUnderTest.started()) {
            port = relay.port();
        }
        try (LoggerContext context = context(port, "maxEvents='10'", "")) {
            for (int i = 0; i < 15; i++) {
                context.getLogger("l").info("line {}", i);
            }
            MillraceAppender appender = context.getConfiguration().getAppender("relay");
            assertThat(appender.dropped()).isEqualTo(5);
            try (RelayUnderTest relay = RelayUnderTest.startedOn(port)) {
                await().until(() -> appender.shipped() == 10);
                assertThat(relay.bodies()).startsWith("line 0").hasSize(10);
            }
        }
    }

    @Test
    void anEventBeyondTheRelaysFrameLimitIsDroppedAloneWhileOthersGoOn() throws Exception {
        try (RelayUnderTest relay = RelayUnderTest.startedWith(Map.of("maxFrameBytes", "20000"));
                LoggerContext context = context(relay.port(), "batchEvents='10'", "")) {
            for (int i = 0; i < 20; i++) {
                context.getLogger("l").info("line {}", i);
            }
            context.getLogger("l").info("x".repeat(20_000));
            for (int i = 20; i < 40; i++) {
                context.getLogger("l").info("line {}", i);
            }
            MillraceAppender appender = context.getConfiguration().getAppender("relay");
            await().until(() -> appender.shipped() + appender.dropped() == 41);
            assertThat(appender.dropped()).isEqualTo(1);
            assertThat(relay.bodies())
                    .containsAll(
                            IntStream.range(0, 40).mapToObj(i -> "line " + i).toList());
        }
    }

    @Test
    void anEventAtWhichTheLayoutThrowsIsCountedAndLeftToLog4j() {
        MillraceAppender appender = MillraceAppender.newBuilder()
                .setHosts("127.0.0.1:1")
                .setFlushTimeoutMillis(0)
                .setName("relay")
                .setLayout(new AbstractStringLayout(UTF_8) {
                    @Override
                    public String toSerializable(LogEvent event) {
                        throw new IllegalStateException("no text");
                    }
                })
                .build();
        appender.start();
        LogEvent event = Log4jLogEvent.newBuilder()
                .setLoggerName("l")
                .setLevel(Level.INFO)
                .setMessage(new SimpleMessage("bad"))
                .build();
        assertThatThrownBy(() -> appender.append(event)).hasMessage("no text");
        appender.stop();
        assertThat(appender.dropped()).isEqualTo(1);
    }

    @Test
    void ofSeveralRelaysOneThatIsThereGetsTheEvents() throws Exception {
        int away;
        try (RelayUnderTest relay = RelayUnderTest.started()) {
            away = relay.port();
        }
        try (RelayUnderTest relay = RelayUnderTest.started();
                LoggerContext context = context("127.0.0.1:" + away + " 127.0.0.1:" + relay.port(), "", "")) {
            context.getLogger("l").info("here");
            await().until(() -> relay.bodies().equals(List.of("here")));
        }
    }

    @Test
    void eventsGoThroughTlsWithTheKeysOfAFile(@TempDir Path directory) throws Exception {
        TestCertificates authority = new TestCertificates(directory);
        Path keys = Files.writeString(
                directory.resolve("tls.properties"),
                "truststore = " + authority.trustPem() + "\ntruststore-type = PEM\nverify-hostname = true\n");
        try (RelayUnderTest relay = RelayUnderTest.startedWithTls(authority.issue("relay"));
                LoggerContext context = context(relay.port(), "tls='" + keys + "'", "")) {
            context.getLogger("l").info("secret");
            await().until(() -> relay.bodies().equals(List.of("secret")));
        }
    }

    @Test
    void anAttributeThatCannotBeLeavesTheAppenderOut() throws Exception {
        try (LoggerContext context = context(1, "tls='no-such-file'", "")) {
            assertThat(context.getConfiguration().<MillraceAppender>getAppender("relay"))
                    .isNull();
        }
        try (LoggerContext context = context(1, "whenFull='wait'", "")) {
            assertThat(context.getConfiguration().<MillraceAppender>getAppender("relay"))
                    .isNull();
        }
    }

    @Test
    void levelsHaveTheNumbersOfLog4j1() {
        assertThat(List.of(Level.TRACE, Level.DEBUG, Level.INFO, Level.WARN, Level.ERROR, Level.FATAL))
                .extracting(MillraceAppender::log4j1)
                .containsExactly(5000, 10_000, 20_000, 30_000, 40_000, 50_000);
    }

    @Test
    void theConfigurationOfTheDocumentationWorks() throws Exception {
        String page = Files.readString(Path.of("..", "docs", "appenders.md"));
        String appenders = page.substring(page.indexOf("<Appenders>"), page.indexOf("</Appenders>") + 12);
        try (RelayUnderTest relay = RelayUnderTest.started();
                LoggerContext context =
                        started(appenders.replace("relay1:4141 relay2:4141", "127.0.0.1:" + relay.port()))) {
            context.getLogger("l").info("as written there");
            await().until(() -> relay.bodies().equals(List.of("as written there")));
        }
    }

    private static LoggerContext context(int port, String attributes, String layout) throws IOException {
        return context("127.0.0.1:" + port, attributes, layout);
    }

    private static LoggerContext context(String hosts, String attributes, String layout) throws IOException {
        return started("<Appenders><Millrace name='relay' hosts='%s' %s>%s</Millrace></Appenders>"
                .formatted(hosts, attributes, layout));
    }

    private static LoggerContext started(String appenders) throws IOException {
        String xml = """
                <Configuration status='OFF'>
                  %s
                  <Loggers><Root level='ALL'><AppenderRef ref='relay'/></Root></Loggers>
                </Configuration>
                """.formatted(appenders);
        LoggerContext context = new LoggerContext("test");
        context.start(
                new XmlConfiguration(context, new ConfigurationSource(new ByteArrayInputStream(xml.getBytes(UTF_8)))));
        return context;
    }
}
