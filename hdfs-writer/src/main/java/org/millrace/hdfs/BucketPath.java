package org.millrace.hdfs;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.EventReader;
import org.millrace.codec.HeaderName;

/**
 * A path or file name with Flume's escapes, parsed once. Per event it costs a look-up of the headers it names; the text is made
 * anew only when a header or the second (the minute, where the pattern knows no seconds) differs from the event before.
 *
 * <p>A header names one directory level, see {@link HeaderLevel}. One thread: it remembers the last result.
 */
final class BucketPath {
    private static final Pattern ESCAPE = Pattern.compile("%(\\w|%)|%\\{([\\w.-]+)\\}|%\\[(\\w+)\\]");
    private static final long SECOND = 1000;
    private static final long MINUTE = 60 * SECOND;

    private final List<Part> parts;
    private final List<HeaderName> headers;
    private final ZoneId zone;
    private final Rounding rounding;
    private final boolean usesTime;
    private final long stepMillis;

    /** What the last result was made of. It holds from {@code validFrom} to before {@code validTo}, epoch milliseconds. */
    private final @Nullable LastHeader[] lastHeaders;

    private long validFrom = 1;
    private long validTo;
    private String lastResult = "";

    /** A piece of a pattern. */
    private sealed interface Part {}

    private record Literal(String text) implements Part {}

    /** @param index in the list of headers */
    private record Header(int index) implements Part {}

    private record Time(char letter) implements Part {}

    /** The value of a header, in UTF-8 too, so that one that has not changed need not be decoded. */
    private static final class LastHeader {
        private final String text;
        private final byte[] utf8;

        LastHeader(String text) {
            this.text = text;
            this.utf8 = text.getBytes(StandardCharsets.UTF_8);
        }
    }

    private BucketPath(List<Part> parts, List<HeaderName> headers, ZoneId zone, Rounding rounding) {
        this.parts = parts;
        this.headers = headers;
        this.zone = zone;
        this.rounding = rounding;
        this.usesTime = parts.stream().anyMatch(Time.class::isInstance);
        this.stepMillis = stepMillis(parts);
        this.lastHeaders = new LastHeader[headers.size()];
    }

    /**
     * Reads a pattern.
     *
     * @throws IllegalArgumentException if it can never be resolved; the message says why
     */
    static BucketPath parse(String pattern, ZoneId zone, Rounding rounding) {
        List<Part> parts = new ArrayList<>();
        List<HeaderName> headers = new ArrayList<>();
        Matcher escape = ESCAPE.matcher(pattern);
        int literalFrom = 0;
        while (escape.find()) {
            parts.add(new Literal(pattern.substring(literalFrom, escape.start())));
            parts.add(part(escape, headers));
            literalFrom = escape.end();
        }
        parts.add(new Literal(pattern.substring(literalFrom)));
        parts.removeIf(part -> part instanceof Literal literal && literal.text().isEmpty());
        return new BucketPath(List.copyOf(parts), List.copyOf(headers), zone, rounding);
    }

    private static Part part(Matcher escape, List<HeaderName> headers) {
        if (escape.group(2) != null) {
            headers.add(HeaderName.of(escape.group(2)));
            return new Header(headers.size() - 1);
        }
        if (escape.group(3) != null) {
            return new Literal(agentHost(escape.group(3)));
        }
        char letter = escape.group(1).charAt(0);
        return letter == '%' ? new Literal("%") : new Time(letter);
    }

    private static String agentHost(String name) {
        try {
            InetAddress host = InetAddress.getLocalHost();
            return switch (name.toLowerCase(Locale.ROOT)) {
                case "localhost" -> host.getHostName();
                case "ip" -> host.getHostAddress();
                case "fqdn" -> host.getCanonicalHostName();
                default ->
                    throw new IllegalArgumentException("%[" + name + "] is none of %[localhost], %[IP], %[FQDN]");
            };
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("%[" + name + "]: this host has no address: " + e.getMessage(), e);
        }
    }

    /** Letters behind a {@code %} that mean nothing; like Flume, we leave them out of the path. */
    List<Character> unknownLetters() {
        return parts.stream()
                .filter(part -> part instanceof Time time && !TimeEscape.isKnown(time.letter()))
                .map(part -> ((Time) part).letter())
                .toList();
    }

    /** True if it makes colons by itself; a header never does. */
    boolean makesColon() {
        return parts.stream()
                .anyMatch(part -> part instanceof Literal literal
                        ? literal.text().indexOf(':') >= 0
                        : part instanceof Time time && TimeEscape.hasColon(time.letter()));
    }

    /** True if {@link #resolve} looks at the time. */
    boolean usesTime() {
        return usesTime;
    }

    /** How long the text stays the same, by the time alone; null if it does for ever. */
    @Nullable
    Duration step() {
        Duration finest = null;
        for (Part part : parts) {
            Duration step = part instanceof Time time ? TimeEscape.step(time.letter()) : null;
            if (step != null) {
                boolean isRounded = part instanceof Time time && time.letter() != 't';
                Duration rounded = isRounded && rounding.step().compareTo(step) > 0 ? rounding.step() : step;
                finest = finest == null || rounded.compareTo(finest) < 0 ? rounded : finest;
            }
        }
        return finest;
    }

    /** Those that the text is made of. */
    List<String> headerNames() {
        return headers.stream().map(HeaderName::toString).distinct().toList();
    }

    /**
     * The path for an event. Where nothing differs from the event before, the very same string.
     *
     * @param millis the event's time, epoch milliseconds; unused without {@link #usesTime}
     */
    String resolve(EventReader event, long millis) {
        boolean same = !usesTime ? validFrom <= validTo : millis >= validFrom && millis < validTo;
        for (int i = 0; i < lastHeaders.length; i++) {
            HeaderName name = headers.get(i);
            LastHeader last = lastHeaders[i];
            if (last == null ? event.hasHeader(name) : !event.headerIs(name, last.utf8)) {
                String text = event.header(name);
                same &= last != null && last.text.equals(text); // with bytes that are no UTF-8
                lastHeaders[i] = text == null ? null : new LastHeader(text);
            }
        }
        if (!same) {
            lastResult = make(millis);
        }
        return lastResult;
    }

    private String make(long millis) {
        ZonedDateTime time = rounding.apply(usesTime ? millis : 0, zone);
        remember(millis);
        StringBuilder out = new StringBuilder();
        for (Part part : parts) {
            if (part instanceof Literal literal) {
                out.append(literal.text());
            } else if (part instanceof Header header) {
                LastHeader value = lastHeaders[header.index()];
                out.append(value == null ? "" : HeaderLevel.of(value.text));
            } else if (part instanceof Time escape) {
                TimeEscape.append(escape.letter(), time, millis, out);
            }
        }
        return out.toString();
    }

    private void remember(long millis) {
        if (!usesTime) {
            validFrom = 0;
            validTo = 0;
            return;
        }
        // an offset of odd seconds (before clocks were standardised) shifts the wall clock's minutes against ours
        boolean wholeMinutes =
                zone.getRules().getOffset(Instant.ofEpochMilli(millis)).getTotalSeconds() % 60 == 0;
        long step = wholeMinutes ? stepMillis : Math.min(stepMillis, SECOND);
        validFrom = Math.floorDiv(millis, step) * step;
        validTo = validFrom + step;
    }

    /** How long a result lasts at least: the finest of the pattern's escapes decides. */
    private static long stepMillis(List<Part> parts) {
        long step = MINUTE;
        for (Part part : parts) {
            if (part instanceof Time time && TimeEscape.isFine(time.letter())) {
                step = Math.min(step, time.letter() == 't' ? 1 : SECOND);
            }
        }
        return step;
    }
}
