package org.millrace.relay.source.syslog;

import java.text.SimpleDateFormat;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.millrace.api.Settings;

/**
 * What an operator may set for every syslog source.
 *
 * @param keep {@code keepFields}
 * @param clientIpHeader gets the peer's address
 * @param clientHostnameHeader {@code clientHostnameHeader}: gets the peer's name
 */
record SyslogSettings(
        KeepFields keep,
        @Nullable String clientIpHeader,
        @Nullable String clientHostnameHeader) {
    /** The least that a message's header needs room for, as Flume has it. */
    private static final int LEAST_EVENT_BYTES = 10;

    private static final int DEFAULT_EVENT_BYTES = 2500;
    private static final long DEFAULT_STEPS = 10_000_000; // some 50 ms

    static SyslogSettings read(Settings settings) {
        return new SyslogSettings(
                settings.value("keepFields", KeepFields.EXPECTED, KeepFields::parse, KeepFields.NONE)
                        .byDefault("none")
                        .about("which fields of a message's header stay in the body")
                        .orElse(KeepFields.NONE),
                settings.string("clientIPHeader")
                        .about("the header that gets the address of the peer; without it there is none")
                        .orNull(),
                settings.string("clientHostnameHeader")
                        .about("the header that gets the name of the peer, which is looked up; without it there is"
                                + " none")
                        .orNull());
    }

    static String host(Settings settings) {
        return settings.host("host")
                .about("the address to listen on; all of the machine's where it is left out")
                .byDefault("")
                .orElse("");
    }

    static int eventBytes(Settings settings) {
        return settings.integer("eventSize", LEAST_EVENT_BYTES, 1 << 28)
                .about("the most bytes of a message; a longer one comes in pieces, the first with the status"
                        + " Incomplete")
                .orElse(DEFAULT_EVENT_BYTES);
    }

    static boolean takesCounts(Settings settings) {
        return settings.bool("octetCounting")
                .about("whether a message may have its length in front, as in '34 <13>...', instead of a line's end"
                        + " behind it")
                .orElse(true);
    }

    /** Null if there is none. */
    static CustomFormat.@Nullable Definition format(Settings settings) {
        Settings format = settings.under("format.");
        Pattern regex = format.pattern("regex")
                .about("a format that is tried first: its groups are priority, version, time stamp, host and body")
                .orNull();
        Pattern search = format.pattern("search")
                .about("what is replaced in the time stamp before it is parsed")
                .orNull();
        String replace =
                format.string("replace").about("what comes in its place").orNull();
        String dates = format.value(
                        "dateFormat", "a pattern of Java's SimpleDateFormat", SyslogSettings::datePattern, "yyyy")
                .about("how the time stamp is parsed; without it there is no timestamp header")
                .orNull();
        long steps = format.number("maxRegexSteps", 1000, Long.MAX_VALUE)
                .about("how often a message may be looked at before it counts as one of another format")
                .orElse(DEFAULT_STEPS);
        if (regex == null) {
            for (String key : new String[] {"search", "replace", "dateFormat"}) {
                if (format.has(key)) {
                    format.problem(key, "without format.regex (expected: both or none)");
                }
            }
            return null;
        }
        if ((search == null) != (replace == null)) {
            format.problem(
                    search == null ? "replace" : "search", "alone (expected: search and replace, or none of them)");
        }
        return new CustomFormat.Definition(regex, search, replace == null ? "" : replace, dates, steps);
    }

    private static String datePattern(String pattern) {
        return new SimpleDateFormat(pattern).toPattern(); // which throws what Settings reports
    }
}
