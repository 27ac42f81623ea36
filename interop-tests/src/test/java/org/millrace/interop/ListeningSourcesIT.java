package org.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.testkit.process.AgentProcess.Kind;

/**
 * The same configuration and the same input for Flume and for us: netcat, syslog and HTTP. What arrives behind the Avro sinks is compared
 * byte for byte, and so are answers. Where we differ on purpose, both sides are written down here.
 */
class ListeningSourcesIT {
    private static final String GOOD =
            "<34>1 2023-10-11T22:14:15.003Z mymachine.example.com su - ID47 - BOMhello\n";

    private static ListeningAgent flume;
    private static ListeningAgent ours;

    @BeforeAll
    static void start(@TempDir Path dir) throws IOException {
        flume = new ListeningAgent(Kind.FLUME, dir);
        ours = new ListeningAgent(Kind.MILLRACE, dir);
        flume.awaitOpen();
        ours.awaitOpen();
    }

    @AfterAll
    static void stop() throws IOException {
        flume.close();
        ours.close();
        assertThat(ours.recorder().firstFault()).isNull();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '#',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "netcat#one\\r\\ntwo\\n\\n",
                "netcat#1234567890123456789\\n",
                "netcat#grüße €\\n",
                "netcat-quiet#one\\ntwo\\n"
            })
    void linesAreTheSameEventsAndGetTheSameAnswers(String source, String input) throws IOException {
        byte[] bytes = (unescape(input) + "END\n").getBytes(StandardCharsets.UTF_8);

        String flumesAnswers = flume.say(source, bytes);
        String ourAnswers = ours.say(source, bytes);

        assertThat(ourAnswers).isEqualTo(flumesAnswers);
        assertThat(until(ours, "|END")).isEqualTo(until(flume, "|END")).isNotEmpty();
    }

    @Test
    void anOverlongLineGetsTheSameAnswerAndIsNoEvent() throws IOException {
        byte[] line = "26 bytes are more than 20.\n".getBytes(StandardCharsets.US_ASCII);

        assertThat(ours.say("netcat", line)).isEqualTo(flume.say("netcat", line)).startsWith("FAILED: ");
        for (ListeningAgent agent : List.of(flume, ours)) {
            agent.say("netcat", "END\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(until(agent, "|END")).isEmpty();
        }
    }

    @Test
    void datagramsAreTheSameEvents() throws IOException {
        for (ListeningAgent agent : List.of(flume, ours)) {
            for (String datagram : List.of("line1\nline2\n", "x", "END")) {
                agent.throwAt("netcat-udp", datagram.getBytes(StandardCharsets.US_ASCII));
            }
        }
        List<String> fromFlume = until(flume, "|END");
        assertThat(withoutPorts(until(ours, "|END"))).isEqualTo(withoutPorts(fromFlume));
        assertThat(fromFlume).hasSize(2).allMatch(event -> event.matches("ra=/127\\.0\\.0\\.1:\\d+ \\|.*"));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '#',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "syslog#<34>1 2023-10-11T22:14:15.003Z mymachine.example.com su - ID47 - BOMhello\\n",
                "syslog#<13>Nov 20 10:11:12 host1 app[12]: text here\\n",
                "syslog#<13>Nov  5 10:11:12 host1 app[12]: text here\\n",
                "syslog#<13>Feb 11 10:11:12 host1 months ago\\n",
                "syslog#<13>Nov 31 10:11:12 host1 no such day\\n",
                "syslog#<13>Abc 20 10:11:12 host1 no such month\\n",
                "syslog#<165>1 2003-08-24T05:14:15-07:00 192.0.2.1 myproc - a zone and no fraction\\n",
                "syslog#<165>1 2003-08-24T05:14:15 192.0.2.1 no zone\\n",
                "syslog#<165>2003-08-24T05:14:15.123456Z h_1.x-y@z no version\\n",
                "syslog#no priority at all\\n",
                "syslog#<999>bad\\n",
                "syslog#<9999>bad\\n",
                "syslog#<>bad\\n",
                "syslog#<x>bad\\n",
                "syslog#<034>1 - h x\\n",
                "syslog#<34>nodate just text\\n",
                "syslog#<14>1 - host2 dash time\\n",
                "syslog#<14>1 - - no host\\n",
                "syslog#<14>- h no version\\n",
                "syslog#<14>1 - host \\n",
                "syslog#<14>1 - host\\n",
                "syslog#<14>12 - host x\\n",
                "syslog#<14>1  - host x\\n",
                "syslog#<14> - host x\\n",
                "syslog#<13>Nov 20 10:11:12 app[12]: no host\\n",
                "syslog#\\n\\n<14>1 - h x\\n\\n",
                "syslog#12 monkeys\\n7\\n",
                "syslog#<13>1 - h 4567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789 and more\\n",
                "syslog-all#<34>1 2023-10-11T22:14:15.003Z mymachine.example.com su - ID47 - BOMhello\\n",
                "syslog-fields#<34>1 2023-10-11T22:14:15.003Z mymachine.example.com su - ID47 - BOMhello\\n",
                "syslog-fields#<14>1 - host2 dash time\\n",
                "syslog-fields#<13>Nov 20 10:11:12 host1 app[12]: text here\\n",
                "syslog-fields#no priority at all\\n",
                "syslog-format#<14>1 2023/10/11T22:14:15 box :: the text\\n",
                "syslog-format#<34>1 2023-10-11T22:14:15Z h su - ID47\\n",
                "multiport#<34>1 2023-10-11T22:14:15.003Z mymachine.example.com su - ID47 - BOMhello\\n",
                "multiport#<13>Nov 20 10:11:12 host1 app[12]: text here\\n",
                "multiport#<13>Nov  5 10:11:12 host1 app[12]: text here\\n",
                "multiport#<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - msg\\n",
                "multiport#<165>1 2003-08-24T05:14:15.5Z h m\\n",
                "multiport#no priority at all\\n",
                "multiport#<999>bad\\n",
                "multiport#<34>nodate just text\\n",
                "multiport#<14>1 2003-08-24T05:14:15Z host \\n",
                "multiport#<14>1 2003-08-24T05:14:15Z host\\n",
                "multiport#<14>1 2003-08-24T05:14:15Z - x\\n",
                "multiport#<13>1 2003-08-24T05:14:15Z h 890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789 and more\\n",
                "multiport-fields#<34>1 2023-10-11T22:14:15.003Z mymachine.example.com su - ID47 - BOMhello\\n"
            })
    void messagesAreTheSameEvents(String source, String input) throws IOException {
        byte[] bytes = (unescape(input) + "<13>1 2003-08-24T05:14:15Z h END\n").getBytes(StandardCharsets.UTF_8);

        // one connection each: Flume takes headers of a good message over to a bad one that follows
        flume.say(source, bytes);
        ours.say(source, bytes);

        assertThat(until(ours, "END")).isEqualTo(until(flume, "END")).isNotEmpty();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '#',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                // a zone behind a fraction, which Flume ignores
                "syslog#<165>1 2003-08-24T05:14:15.000003-07:00 h m\\n#timestamp=1061702055000#timestamp=1061727255000",
                // half a second, which is five milliseconds for Flume
                "syslog#<165>1 2003-08-24T05:14:15.5Z h m\\n#timestamp=1061702055005#timestamp=1061702055500",
                // a bad message behind a good one, which has headers of that one with Flume
                "syslog#<34>1 - h x\\nbad\\n#priority=34 version=1 |bad#name=localhost |bad",
                // a line that ends as on Windows, which Flume does not parse
                "syslog#<14>1 - h x\\r\\n#|<14>1 - h x\\r#version=1 |x\\r",
                // an address of IPv6
                "syslog#<14>1 - fe80::1 x\\n#|<14>1 - fe80::1 x#host=fe80::1 ",
                // octet counting, which Flume does not know
                "syslog#18 <14>1 - h a\\nb c de#|18 <14>1 - h a#|a\\nb c de"
            })
    void whereWeDifferBothAreAsExpected(String source, String input, String fromFlume, String fromUs)
            throws IOException {
        byte[] bytes = (unescape(input) + "\n<13>1 2003-08-24T05:14:15Z h END\n").getBytes(StandardCharsets.UTF_8);

        flume.say(source, bytes);
        ours.say(source, bytes);

        assertThat(String.join("\n", until(flume, "END"))).contains(unescape(fromFlume));
        assertThat(String.join("\n", until(ours, "END"))).contains(unescape(fromUs));
    }

    @Test
    void datagramsOfSyslogAreTheSameEvents() throws IOException {
        for (ListeningAgent agent : List.of(flume, ours)) {
            for (String datagram : List.of(
                    GOOD,
                    "<13>Nov 20 10:11:12 host1 app[12]: text here",
                    "<13>1 - h first line\nsecond line",
                    "\n<13>1 - h behind an empty line",
                    "<13>1 2003-08-24T05:14:15Z h END")) {
                agent.throwAt("syslog-udp", datagram.getBytes(StandardCharsets.US_ASCII));
            }
        }

        assertThat(until(ours, "END")).isEqualTo(until(flume, "END")).hasSize(4);
    }

    @ParameterizedTest(name = "{0} {1} {2}: {3}")
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                "http#POST#``#[{\"headers\":{\"a\":\"1\"},\"body\":\"x\"},{\"body\":\"no hdr\"},{\"headers\":{\"b\":\"2\"}}]#application/json#200",
                "http#POST#some/path#[{\"headers\":{\"n\":5,\"t\":true,\"f\":1.50},\"body\":\"numhdr\"}]#application/json#200",
                "http#POST#``#[{\"body\":5},{\"body\":null,\"headers\":null,\"other\":{\"x\":[1]}}]#application/json#200",
                "http#POST#``#[{\"headers\":{\"k\":\"ü€\"},\"body\":\"grüße 𝄞\\u00e9\"}]#application/json; charset=utf-8#200",
                "http#POST#``#[{body:'lenient'}]#application/json#200",
                "http#POST#``#{\"body\":\"x\"}#application/json#400",
                "http#POST#``#[{\"body\":\"x\"#application/json#400",
                "http#POST#``#[{\"body\":{}}]#application/json#400",
                "http#POST#``#[{\"headers\":{\"a\":[]}}]#application/json#400",
                "http#POST#``#[{\"headers\":{\"a\":\"1\",\"a\":\"2\"}}]#application/json#400",
                "http#POST#``#[5]#application/json#400",
                "http#POST#``#``#application/json#500",
                "http#POST#``#[]#application/json; charset=ISO-8859-1#500",
                "http#POST#``#[]#application/json#200",
                "http#PUT#``#[]#application/json#405",
                "http#DELETE#``#[]#application/json#405",
                "http#OPTIONS#``#[]#application/json#403",
                "http#PATCH#``#[]#application/json#501",
                "http-blob#POST#?id=1&a=b&a=c&u=%C3%BC#some bytes#application/octet-stream#200",
                "http-blob#POST#?id=1#a=b&c=d#application/x-www-form-urlencoded#200",
                "http-blob#POST#?a=b#some bytes#application/octet-stream#500",
                "http-blob#GET#?id=1##application/octet-stream#200"
            })
    void requestsAreTheSameEventsAndGetTheSameStatus(
            String source, String method, String query, String content, String type, int status)
            throws IOException, InterruptedException {
        byte[] bytes = content == null ? new byte[0] : content.getBytes(StandardCharsets.UTF_8);
        for (ListeningAgent agent : List.of(flume, ours)) {
            int answered = agent.request(source, method, query, bytes, "Content-Type", type);
            agent.request("http", "POST", "", "[{\"body\":\"END\"}]".getBytes(StandardCharsets.US_ASCII));
            assertThat(answered).as(agent == ours ? "ours" : "Flume's").isEqualTo(status);
        }

        assertThat(until(ours, "|END")).isEqualTo(until(flume, "|END"));
    }

    @Test
    void bodiesInTheRequestsCharsetAreTheSame() throws IOException, InterruptedException {
        for (String charset : List.of("UTF-16", "UTF-32")) {
            byte[] content = "[{\"headers\":{\"k\":\"ü\"},\"body\":\"grüße\"},{\"body\":\"\"}]".getBytes(charset);
            for (ListeningAgent agent : List.of(flume, ours)) {
                String type = "application/json; charset=" + charset;
                assertThat(agent.request("http", "POST", "", content, "Content-Type", type)).isEqualTo(200);
                agent.request("http", "POST", "", "[{\"body\":\"END\"}]".getBytes(StandardCharsets.US_ASCII));
            }
            assertThat(until(ours, "|END")).isEqualTo(until(flume, "|END")).hasSize(2);
        }
    }

    /** The {@code logger} of the system, if there is one: over TCP and UDP, in both formats; with the length in front to us only. */
    @Test
    void theSystemsLoggerIsUnderstoodTheSameWay() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/logger")), "no logger here");
        for (ListeningAgent agent : List.of(flume, ours)) {
            for (String format : List.of("--rfc5424", "--rfc3164")) {
                logger(agent.port("syslog"), "-T", format);
                logger(agent.port("syslog-udp"), "-d", format);
            }
            logger(agent.port("syslog"), "-T", "--rfc5424=notime,nohost");
            agent.say("syslog", "<13>1 2003-08-24T05:14:15Z h END\n".getBytes(StandardCharsets.US_ASCII));
        }
        List<String> fromFlume = sorted(withoutTimes(until(flume, "END")));
        List<String> fromUs = sorted(withoutTimes(until(ours, "END")));
        assertThat(fromUs).isEqualTo(fromFlume).hasSize(5).allMatch(event -> event.contains("Facility=16 "));

        logger(ours.port("syslog"), "-T", "--octet-count");
        ours.say("syslog", "<13>1 2003-08-24T05:14:15Z h END\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(until(ours, "END")).singleElement().asString().contains("Facility=16 ").doesNotContain("Invalid");
    }

    private static void logger(int port, String... options) throws Exception {
        List<String> command = new ArrayList<>(
                List.of("/usr/bin/logger", "-n", "127.0.0.1", "-P", Integer.toString(port), "-p", "local0.warning"));
        command.addAll(List.of(options));
        command.addAll(List.of("-t", "tag", "the text"));
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    private static List<String> until(ListeningAgent agent, String end) {
        return agent.recorder().takeUntil(event -> event.endsWith(end));
    }

    private static List<String> withoutPorts(List<String> events) {
        return events.stream().map(event -> event.replaceFirst(":\\d+ ", " ")).toList();
    }

    /** When it was sent, and what of that is in bodies that were not parsed. */
    private static List<String> withoutTimes(List<String> events) {
        return events.stream()
                .map(event -> event.replaceFirst("timestamp=\\d+ ", "timestamp ").replaceFirst("syncAccuracy=\"\\d+\"", ""))
                .toList();
    }

    private static List<String> sorted(List<String> events) {
        return events.stream().sorted().toList();
    }

    private static String unescape(String text) {
        return text.replace("\\r", "\r").replace("\\n", "\n");
    }
}
