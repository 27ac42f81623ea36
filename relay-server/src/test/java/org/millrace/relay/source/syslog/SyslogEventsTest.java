package org.millrace.relay.source.syslog;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.api.SourceMetrics;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.listener.HeaderBytes;
import org.millrace.testkit.Batches;

/** Expected values are what Flume 1.11 makes of the same message, where no comment says otherwise. */
class SyslogEventsTest {
    private static final InstantSource NOW = InstantSource.fixed(Instant.parse("2026-11-29T12:00:00Z"));
    private static final String RFC_5424 = "<34>1 2023-10-11T22:14:15.003Z mymachine.example.com su - ID47 - BOMhello";

    private final MetricRegistry registry = new MetricRegistry();
    private final SyslogFigures figures = new SyslogFigures(new SourceMetrics("r1", registry));

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                RFC_5424
                        + "|Facility=4 Severity=2 host=mymachine.example.com priority=34 timestamp=1697062455003"
                        + " version=1|su - ID47 - BOMhello",
                "<13>Nov 20 10:11:12 host1 app[12]: text here"
                        + "|Facility=1 Severity=5 host=host1 priority=13 timestamp=1795169472000|app[12]: text here",
                "no priority at all|Facility=0 Severity=0 flume.syslog.status=Invalid|no priority at all",
                "<999>bad|Facility=124 Severity=7|<999>bad",
                "<9999>bad|Facility=0 Severity=0 flume.syslog.status=Invalid|<9999>bad",
                "<>bad|Facility=0 Severity=0 flume.syslog.status=Invalid|<>bad",
                "<34>nodate just text|Facility=4 Severity=2|<34>nodate just text",
                "<14>1 - host2 dash time|Facility=1 Severity=6 host=host2 priority=14 version=1|dash time",
                "<14>1 - - no host|Facility=1 Severity=6 priority=14 version=1|no host",
                "<14>- h no version|Facility=1 Severity=6 host=h priority=14|no version",
                "<13>Nov 20 10:11:12 app[12]: no host|Facility=1 Severity=5|<13>Nov 20 10:11:12 app[12]: no host",
                "<14>1 - host |Facility=1 Severity=6 host=host priority=14 version=1|<14>1 - host ",
                "<14>1 - host|Facility=1 Severity=6|<14>1 - host",
                "<14>12 - host x|Facility=1 Severity=6|<14>12 - host x",
                // Flume loses the zone where there is a fraction, and takes .5 for 5 ms
                "<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - msg|Facility=20 Severity=5"
                        + " host=192.0.2.1 priority=165 timestamp=1061727255000 version=1|myproc 8710 - - msg",
                "<165>1 2003-08-24T05:14:15.5Z h m"
                        + "|Facility=20 Severity=5 host=h priority=165 timestamp=1061702055500 version=1|m",
                // Flume knows no addresses with colons
                "<14>1 - fe80::1 x|Facility=1 Severity=6 host=fe80::1 priority=14 version=1|x",
                "<14>Nov 20 10:11:12 fe80::1 x|Facility=1 Severity=6 host=fe80::1 priority=14 timestamp=1795169472000|x"
            },
            ignoreLeadingAndTrailingWhitespace = false)
    void messagesOfThePlainSources(String message, String headers, String body) {
        assertThat(plain(message, KeepFields.NONE, null)).isEqualTo(headers + "|" + body);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                RFC_5424
                        + "|Facility=4 Priority=34 Severity=2 Version=1 host=mymachine.example.com"
                        + " timestamp=1697062455003|su - ID47 - BOMhello",
                "<13>Nov 20 10:11:12 host1 app[12]: text here"
                        + "|Facility=1 Priority=13 Severity=5 host=host1 timestamp=1795169472000|app[12]: text here",
                "<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - msg|Facility=20 Priority=165"
                        + " Severity=5 Version=1 host=192.0.2.1 timestamp=1061727255000|myproc 8710 - - msg",
                "no priority at all|flume.syslog.status=Invalid|no priority at all",
                "<999>bad|flume.syslog.status=Invalid|<999>bad",
                "<34>nodate just text|flume.syslog.status=Invalid|<34>nodate just text",
                "<14>|flume.syslog.status=Invalid|<14>",
                "<14>1 - host2 dash time"
                        + "|Facility=1 Priority=14 Severity=6 Version=1 host=host2 timestamp=1795953600000|dash time",
                "<14>1 - - no host"
                        + "|Facility=1 Priority=14 Severity=6 Version=1 host=- timestamp=1795953600000|no host",
                "<14>1 - host |Facility=1 Priority=14 Severity=6 Version=1 host=host timestamp=1795953600000|<14>1 -"
                        + " host "
            },
            ignoreLeadingAndTrailingWhitespace = false)
    void messagesOfTheMultiportSource(String message, String headers, String body) {
        assertThat(multiport(message.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                .isEqualTo(headers + "|" + body);
    }

    @ParameterizedTest(name = "keepFields {0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "all|" + RFC_5424,
                "true|" + RFC_5424,
                "false|su - ID47 - BOMhello",
                "priority version timestamp hostname|" + RFC_5424,
                "hostname, priority|<34>mymachine.example.com su - ID47 - BOMhello"
            })
    void fieldsMayStayInTheBody(String keepFields, String body) {
        assertThat(plain(RFC_5424, KeepFields.parse(keepFields), null)).endsWith("|" + body);
    }

    @Test
    void aFieldThatIsToStayAndIsNotThereIsNull() {
        assertThat(plain("<14>1 - host2 dash time", KeepFields.parse("timestamp"), null))
                .endsWith("|null dash time");
    }

    /** Unlike Flume, which remembers the last good message's priority and version. */
    @Test
    void oneMessageLeavesNothingBehindForTheNext() {
        SyslogEvents events = events(Dialect.PLAIN, parser(null), KeepFields.NONE, MessageText.asItIs());
        one(events, RFC_5424.getBytes(StandardCharsets.US_ASCII), false);

        assertThat(one(events, "garbage".getBytes(StandardCharsets.US_ASCII), false))
                .isEqualTo("Facility=0 Severity=0 flume.syslog.status=Invalid|garbage");
    }

    @Test
    void aMessageThatGoesOnIsIncompleteAndCounted() {
        SyslogEvents events = events(Dialect.PLAIN, parser(null), KeepFields.NONE, MessageText.asItIs());

        assertThat(one(events, "<14>1 - h begin".getBytes(StandardCharsets.US_ASCII), true))
                .contains("flume.syslog.status=Incomplete")
                .endsWith("|begin");
        assertThat(one(events, "the rest".getBytes(StandardCharsets.US_ASCII), true))
                .contains("status=Invalid");
        assertThat(registry.counter("source.r1.messagesIncomplete").getCount()).isEqualTo(1);
        assertThat(registry.counter("source.r1.messagesInvalid").getCount()).isEqualTo(1);
    }

    @Test
    void whereItCameFromIsInTheHeaders() {
        SyslogEvents events = events(Dialect.MULTIPORT, multiportParser(), KeepFields.NONE, MessageText.asItIs());
        events.addOfPeer(HeaderBytes.encode("port", "514"));

        assertThat(one(events, "x".getBytes(StandardCharsets.US_ASCII), false))
                .isEqualTo("flume.syslog.status=Invalid port=514|x");
    }

    @Test
    void bytesThatAreNotOfThePortsCharsetMakeAnInvalidMessage() {
        byte[] latin = "<14>1 - höst grüße".getBytes(StandardCharsets.ISO_8859_1);

        assertThat(multiport(latin, StandardCharsets.UTF_8)).startsWith("flume.syslog.status=Invalid|");
        assertThat(multiport(latin, StandardCharsets.ISO_8859_1)).contains(" host=höst ");
    }

    @Test
    void aCharsetWithoutAsciiIsParsedTooAndKept() {
        Charset utf16 = StandardCharsets.UTF_16LE;
        SyslogEvents events = events(Dialect.MULTIPORT, multiportParser(), KeepFields.NONE, MessageText.of(utf16));
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            byte[] message = "<14>1 - höst grüße".getBytes(utf16);
            events.add(builder, message, message.length, false);
            EventBatch batch = builder.build();
            assertThat(Batches.headers(batch).get(0)).containsEntry("host", "höst");
            assertThat(batch.bodyBytes()).isEqualTo("grüße".getBytes(utf16).length);
            batch.release();
        }
    }

    @Test
    void aFormatOfOnesOwnIsTriedFirst() {
        CustomFormat.Definition format = new CustomFormat.Definition(
                Pattern.compile("<(\\d+)>(v\\d)? ?(\\S+) (\\w+) - (.*)"),
                Pattern.compile("/"),
                "-",
                "yyyy-MM-dd'T'HH:mm:ssX",
                100_000);

        assertThat(plain("<14>v2 2023/10/11T22:14:15Z box - the text", KeepFields.NONE, format))
                .isEqualTo("Facility=1 Severity=6 host=box priority=14 timestamp=1697062455000 version=v2|the text");
        assertThat(plain(RFC_5424, KeepFields.NONE, format)).endsWith("|su - ID47 - BOMhello");
    }

    @Test
    void aFormatThatTakesForEverOnAMessageDoesNotMatchIt() {
        CustomFormat.Definition format =
                new CustomFormat.Definition(Pattern.compile("<\\d+>(.*a){12}b"), null, "", null, 100_000);

        assertThat(plain("<14>" + "a".repeat(60), KeepFields.NONE, format)).startsWith("Facility=1 Severity=6|");
    }

    private String plain(String message, KeepFields keep, CustomFormat.@Nullable Definition format) {
        SyslogEvents events = events(Dialect.PLAIN, parser(format), keep, MessageText.asItIs());
        return one(events, message.getBytes(StandardCharsets.UTF_8), false);
    }

    private String multiport(byte[] message, Charset charset) {
        SyslogEvents events = events(Dialect.MULTIPORT, multiportParser(), KeepFields.NONE, MessageText.of(charset));
        return one(events, message, false);
    }

    private static SyslogParser parser(CustomFormat.@Nullable Definition format) {
        return new SyslogParser(
                new StampReader(ZoneOffset.UTC, NOW, false), format == null ? null : new CustomFormat(format));
    }

    private static MultiportParser multiportParser() {
        return new MultiportParser(new StampReader(ZoneOffset.UTC, NOW, true), NOW);
    }

    private SyslogEvents events(Dialect dialect, MessageParser parser, KeepFields keep, MessageText text) {
        return new SyslogEvents(dialect, parser, keep, text, figures);
    }

    private static String one(SyslogEvents events, byte[] message, boolean isCut) {
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            events.add(builder, message, message.length, isCut);
            EventBatch batch = builder.build();
            Map<String, String> headers = new TreeMap<>(Batches.headers(batch).get(0));
            String body = Batches.bodies(batch).get(0);
            batch.release();
            StringBuilder text = new StringBuilder();
            headers.forEach((name, value) -> text.append(text.isEmpty() ? "" : " ")
                    .append(name)
                    .append('=')
                    .append(value));
            return text + "|" + body;
        }
    }
}
