package org.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.millrace.testkit.process.AgentProcess.Kind;

/**
 * The same configuration and the same input for Flume and for us: netcat, syslog and HTTP. What arrives behind the Avro sinks is compared
 * byte for byte, and so are answers. Where we differ on purpose, both sides are written down here. All is sent before anything is
 * compared, since Flume's sink takes its time when there is little to do.
 */
class ListeningSourcesIT {
    /** Source and lines. */
    private static final List<String> LINES = List.of(
            "netcat#one\\r\\ntwo\\n\\n",
            "netcat#1234567890123456789\\n",
            "netcat#grüße €\\n",
            "netcat-quiet#one\\ntwo\\n",
            "netcat#26 bytes are more than 20.\\n");

    /** Source and messages, over a connection for each: Flume takes headers of a good message over to a bad one that follows. */
    private static final List<String> MESSAGES = List.of(
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
            "multiport#<13>1 2003-08-24T05:14:15Z h"
                    + " 890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
                    + " and more\\n",
            "multiport-fields#<34>1 2023-10-11T22:14:15.003Z mymachine.example.com su - ID47 - BOMhello\\n");

    /** Source and messages, what is in Flume's events, and what is in ours. */
    private static final List<String> DIFFERENT_MESSAGES = List.of(
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
            "syslog#18 <14>1 - h a\\nb c de\\n#|18 <14>1 - h a#|a\\nb c de",
            // the rest of a message that was too long, which has headers of its first piece with Flume
            "syslog#<13>1 - h"
                    + " 4567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
                    + " and more\\n"
                    + "#priority=13 version=1 | more#name=localhost | more",
            // an empty line, with which Flume loses all that came together with it
            "multiport#<14>1 2003-08-24T05:14:15Z h x\\n\\n##|x");

    /** Source, method, path and query, content, its type, and the status. */
    private static final List<String> REQUESTS = List.of(
            "http#POST##[{\"headers\":{\"a\":\"1\"},\"body\":\"x\"},{\"body\":\"no"
                    + " hdr\"},{\"headers\":{\"b\":\"2\"}}]#application/json#200",
            "http#POST#some/path#[{\"headers\":{\"n\":5,\"t\":true,\"f\":1.50},\"body\":\"numhdr\"}]#application/json#200",
            "http#POST##[{\"body\":5},{\"body\":null,\"headers\":null,\"other\":{\"x\":[1]}}]#application/json#200",
            "http#POST##[{\"headers\":{\"k\":\"ü€\"},\"body\":\"grüße 𝄞\\u00e9\"}]#application/json;"
                    + " charset=utf-8#200",
            "http#POST##[{body:'lenient'}]#application/json#200",
            "http#POST##{\"body\":\"x\"}#application/json#400",
            "http#POST##[{\"body\":\"x\"#application/json#400",
            "http#POST##[{\"body\":{}}]#application/json#400",
            "http#POST##[{\"headers\":{\"a\":[]}}]#application/json#400",
            "http#POST##[{\"headers\":{\"a\":\"1\",\"a\":\"2\"}}]#application/json#400",
            "http#POST##[5]#application/json#400",
            "http#POST###application/json#500",
            "http#POST##[]#application/json; charset=ISO-8859-1#500",
            "http#POST##[]#application/json#200",
            "http#PUT##[]#application/json#405",
            "http#DELETE##[]#application/json#405",
            "http#OPTIONS##[]#application/json#403",
            "http#PATCH##[]#application/json#501",
            "http-blob#POST#?id=1&a=b&a=c&u=%C3%BC#some bytes#application/octet-stream#200",
            "http-blob#POST#?id=1#a=b&c=d#application/x-www-form-urlencoded#200",
            "http-blob#POST#?a=b#some bytes#application/octet-stream#500",
            "http-blob#GET#?id=1##application/octet-stream#200");

    private static final List<String> DATAGRAMS = List.of(
            "<34>1 2023-10-11T22:14:15.003Z mymachine.example.com su - ID47 - BOMhello\n",
            "<13>Nov 20 10:11:12 host1 app[12]: text here",
            "<13>1 - h first line\nsecond line",
            "\n<13>1 - h behind an empty line");

    private static Observed fromFlume;
    private static Observed fromUs;

    /** What an agent answered, and what it handed on, by what was sent. */
    private record Observed(ListeningAgent agent, Map<String, String> answers, Map<String, List<String>> events) {}

    @BeforeAll
    static void sendAll(@TempDir Path dir) throws Exception {
        ListeningAgent flume = new ListeningAgent(Kind.FLUME, dir);
        ListeningAgent ours = new ListeningAgent(Kind.MILLRACE, dir);
        fromFlume = new Observed(flume, new HashMap<>(), new HashMap<>());
        fromUs = new Observed(ours, new HashMap<>(), new HashMap<>());
        flume.awaitOpen();
        ours.awaitOpen();
        for (Observed observed : List.of(fromFlume, fromUs)) {
            send(observed);
        }
        for (Observed observed : List.of(fromFlume, fromUs)) {
            collect(observed);
        }
    }

    @AfterAll
    static void stop() throws IOException {
        fromFlume.agent().close();
        fromUs.agent().close();
        assertThat(fromUs.agent().recorder().firstFault()).isNull();
    }

    @ParameterizedTest
    @FieldSource("LINES")
    void linesAreTheSameEventsAndGetTheSameAnswers(String lines) {
        assertThat(fromUs.answers().get(lines)).isEqualTo(fromFlume.answers().get(lines));
        assertThat(fromUs.events().get(lines)).isEqualTo(fromFlume.events().get(lines));
    }

    @ParameterizedTest
    @FieldSource("MESSAGES")
    void messagesAreTheSameEvents(String messages) {
        assertThat(fromUs.events().get(messages))
                .isEqualTo(fromFlume.events().get(messages))
                .isNotEmpty();
    }

    @ParameterizedTest
    @FieldSource("DIFFERENT_MESSAGES")
    void whereWeDifferBothAreAsExpected(String line) {
        String[] parts = line.split("#", -1);

        if (parts[2].isEmpty()) {
            assertThat(fromFlume.events().get(line)).isEmpty();
        } else {
            assertThat(String.join("\n", fromFlume.events().get(line))).contains(unescape(parts[2]));
        }
        assertThat(String.join("\n", fromUs.events().get(line))).contains(unescape(parts[3]));
    }

    @ParameterizedTest
    @FieldSource("REQUESTS")
    void requestsAreTheSameEventsAndGetTheSameStatus(String request) {
        String status = request.substring(request.lastIndexOf('#') + 1);

        assertThat(fromFlume.answers().get(request)).as("Flume's").isEqualTo(status);
        assertThat(fromUs.answers().get(request)).as("ours").isEqualTo(status);
        assertThat(fromUs.events().get(request)).isEqualTo(fromFlume.events().get(request));
    }

    @Test
    void datagramsAreTheSameEvents() {
        assertThat(withoutPorts(fromUs.events().get("netcat-udp")))
                .isEqualTo(withoutPorts(fromFlume.events().get("netcat-udp")));
        assertThat(fromUs.events().get("netcat-udp"))
                .hasSize(2)
                .allMatch(event -> event.matches("ra=/127\\.0\\.0\\.1:\\d+ \\|.*"));
        assertThat(fromUs.events().get("syslog-udp"))
                .isEqualTo(fromFlume.events().get("syslog-udp"))
                .hasSize(DATAGRAMS.size());
    }

    @Test
    void bodiesInTheRequestsCharsetAreTheSame() {
        for (String charset : List.of("UTF-16", "UTF-32")) {
            assertThat(fromUs.answers().get(charset)).isEqualTo("200");
            assertThat(fromUs.events().get(charset))
                    .isEqualTo(fromFlume.events().get(charset))
                    .hasSize(2);
        }
    }

    /** The {@code logger} of the system, if there is one: over TCP and UDP, in both formats; with the length in front to us only. */
    @Test
    void theSystemsLoggerIsUnderstoodTheSameWay() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/logger")), "no logger here");
        List<String> fromFlumes = logged(fromFlume.agent());
        assertThat(logged(fromUs.agent()))
                .isEqualTo(fromFlumes)
                .hasSize(5)
                .allMatch(event -> event.contains("Facility=16 "));

        logger(fromUs.agent().port("syslog"), "-T", "--octet-count");
        assertThat(fromUs.agent().recorder().take(1))
                .singleElement()
                .asString()
                .contains("Facility=16 ")
                .doesNotContain("Invalid");
    }

    /** One after the other: messages of different connections may overtake each other. */
    private static List<String> logged(ListeningAgent agent) throws Exception {
        List<String> events = new ArrayList<>();
        for (String format : List.of("--rfc5424", "--rfc3164", "--rfc5424=notime,nohost")) {
            logger(agent.port("syslog"), "-T", format);
            events.addAll(agent.recorder().take(1));
        }
        for (String format : List.of("--rfc5424", "--rfc3164")) {
            logger(agent.port("syslog-udp"), "-d", format);
            events.addAll(agent.recorder().take(1));
        }
        return withoutTimes(events);
    }

    /** Each behind the other, and something behind each that says where it ends. */
    private static void send(Observed observed) throws IOException, InterruptedException {
        ListeningAgent agent = observed.agent();
        for (String line : LINES) {
            String[] parts = line.split("#", -1);
            observed.answers().put(line, agent.say(parts[0], bytes(unescape(parts[1]))));
            agent.say("netcat", bytes(end(line) + "\n"));
        }
        for (List<String> group : List.of(MESSAGES, DIFFERENT_MESSAGES)) {
            for (String messages : group) {
                String[] parts = messages.split("#", -1);
                agent.say(parts[0], bytes(unescape(parts[1])));
                agent.say("netcat", bytes(end(messages) + "\n"));
            }
        }
        for (String request : REQUESTS) {
            String[] parts = request.split("#", -1);
            int status = agent.request(parts[0], parts[1], parts[2], bytes(parts[3]), "Content-Type", parts[4]);
            observed.answers().put(request, Integer.toString(status));
            agent.say("netcat", bytes(end(request) + "\n"));
        }
        for (String charset : List.of("UTF-16", "UTF-32")) {
            byte[] content = "[{\"headers\":{\"k\":\"ü\"},\"body\":\"grüße\"},{\"body\":\"\"}]".getBytes(charset);
            int status = agent.request("http", "POST", "", content, "Content-Type", "text/json; charset=" + charset);
            observed.answers().put(charset, Integer.toString(status));
            agent.say("netcat", bytes(end(charset) + "\n"));
        }
    }

    private static void collect(Observed observed) throws IOException {
        ListeningAgent agent = observed.agent();
        for (List<String> group : List.of(LINES, MESSAGES, DIFFERENT_MESSAGES, REQUESTS, List.of("UTF-16", "UTF-32"))) {
            for (String sent : group) {
                observed.events().put(sent, until(agent, end(sent)));
            }
        }
        for (String datagram : List.of("line1\nline2\n", "x", "END")) {
            agent.throwAt("netcat-udp", bytes(datagram));
        }
        observed.events().put("netcat-udp", until(agent, "|END"));
        for (String datagram : DATAGRAMS) {
            agent.throwAt("syslog-udp", bytes(datagram));
        }
        agent.throwAt("syslog-udp", bytes("<13>1 - h END"));
        observed.events().put("syslog-udp", until(agent, "|END"));
    }

    private static String end(String sent) {
        return "END " + Integer.toHexString(sent.hashCode());
    }

    private static void logger(int port, String... options) throws Exception {
        List<String> command = new ArrayList<>(
                List.of("/usr/bin/logger", "-n", "127.0.0.1", "-P", Integer.toString(port), "-p", "local0.warning"));
        command.addAll(List.of(options));
        command.addAll(List.of("-t", "tag", "the text"));
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
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
                .map(event ->
                        event.replaceFirst("timestamp=\\d+ ", "timestamp ").replaceFirst("syncAccuracy=\"\\d+\"", ""))
                .toList();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String unescape(String text) {
        return text.replace("\\r", "\r").replace("\\n", "\n");
    }
}
