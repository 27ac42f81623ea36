package org.millrace.logback;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import ch.qos.logback.core.joran.spi.JoranException;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.testkit.RelayUnderTest;
import org.millrace.testkit.TestCertificates;

/** With a real Avro source, and the appender as it stands in a configuration of Logback's. */
@Timeout(300)
class MillraceAppenderTest {
    private final LoggerContext context = new LoggerContext();

    @AfterEach
    void stop() {
        context.stop();
    }

    @Test
    void eventsArriveWithFlumesHeaders() throws Exception {
        try (RelayUnderTest relay = RelayUnderTest.started()) {
            configure(relay.port(), "");
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
            context.stop();
        }
    }

    @Test
    void theLayoutMakesTheBodyAndAStopSendsWhatIsInTheBuffer() throws Exception {
        try (RelayUnderTest relay = RelayUnderTest.started()) {
            configure(relay.port(), """
                    <batchEvents>7</batchEvents>
                    <layout class="ch.qos.logback.classic.PatternLayout"><pattern>%p %m</pattern></layout>
                    """);
            for (int i = 0; i < 500; i++) {
                context.getLogger("l").info("line {}", i);
            }
            context.stop();

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
        configure(port, "<maxEvents>10</maxEvents>");
        for (int i = 0; i < 15; i++) {
            context.getLogger("l").info("line {}", i);
        }
        MillraceAppender appender = appender();
        assertThat(appender.dropped()).isEqualTo(5);
        try (RelayUnderTest relay = RelayUnderTest.startedOn(port)) {
            await().until(() -> appender.shipped() == 10);
            assertThat(relay.bodies()).startsWith("line 0").hasSize(10);
        }
    }

    @Test
    void anEventAtWhichTheLayoutThrowsIsCountedAndHoldsUpNoOther() throws Exception {
        try (RelayUnderTest relay = RelayUnderTest.started()) {
            configure(relay.port(), "");
            appender().setLayout(new LayoutBase<>() {
                @Override
                public String doLayout(ILoggingEvent event) {
                    if (event.getMessage().equals("bad")) {
                        throw new IllegalStateException("no text");
                    }
                    return event.getMessage();
                }
            });
            context.getLogger("l").info("bad");
            context.getLogger("l").info("good");
            await().until(() -> relay.bodies().equals(List.of("good")));
            assertThat(appender().dropped()).isEqualTo(1);
        }
    }

    @Test
    void eventsGoThroughTlsWithTheKeysOfAFile(@TempDir Path directory) throws Exception {
        TestCertificates authority = new TestCertificates(directory);
        Path keys = Files.writeString(
                directory.resolve("tls.properties"),
                "truststore = " + authority.trustPem() + "\ntruststore-type = PEM\nverify-hostname = true\n");
        try (RelayUnderTest relay = RelayUnderTest.startedWithTls(authority.issue("relay"))) {
            configure(relay.port(), "<tls>" + keys + "</tls>");
            context.getLogger("l").info("secret");
            await().until(() -> relay.bodies().equals(List.of("secret")));
            context.stop();
        }
    }

    @Test
    void theConfigurationOfTheDocumentationWorks() throws Exception {
        String page = Files.readString(Path.of("..", "docs", "appenders.md"));
        int start = page.indexOf("<appender name");
        String appender = page.substring(start, page.indexOf("</appender>", start) + 11);
        try (RelayUnderTest relay = RelayUnderTest.started()) {
            configure(appender.replace("relay1:4141 relay2:4141", "127.0.0.1:" + relay.port()));
            context.getLogger("l").info("as written there");
            await().until(() -> relay.bodies().equals(List.of("as written there")));
            context.stop();
        }
    }

    @Test
    void aFileOfTlsThatIsNotThereLeavesTheAppenderStoppedAndIsNamed() throws Exception {
        configure(1, "<tls>no-such-file</tls>");

        assertThat(appender().isStarted()).isFalse();
        assertThat(context.getStatusManager().getCopyOfStatusList())
                .anyMatch(status -> status.getMessage().contains("tls: no-such-file: there is no such file"));
    }

    @Test
    void aPropertyThatCannotBeLeavesTheAppenderStoppedAndSaysSo() throws Exception {
        configure(1, "<whenFull>wait</whenFull>");

        assertThat(appender().isStarted()).isFalse();
        assertThat(context.getStatusManager().getCopyOfStatusList())
                .anyMatch(status ->
                        status.getMessage().contains("whenFull: wait (expected: drop-newest, drop-oldest, block)"));
    }

    private MillraceAppender appender() {
        return (MillraceAppender) context.getLogger("ROOT").getAppender("relay");
    }

    private void configure(int port, String properties) throws JoranException {
        configure("""
                <appender name="relay" class="org.millrace.logback.MillraceAppender">
                  <hosts>127.0.0.1:%d</hosts>
                  %s
                </appender>
                """.formatted(port, properties));
    }

    private void configure(String appender) throws JoranException {
        String xml = """
                <configuration>
                  %s
                  <root level="ALL"><appender-ref ref="relay"/></root>
                </configuration>
                """.formatted(appender);
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(new ByteArrayInputStream(xml.getBytes(UTF_8)));
    }
}
