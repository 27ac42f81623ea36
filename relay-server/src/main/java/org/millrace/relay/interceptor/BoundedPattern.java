package org.millrace.relay.interceptor;

import com.codahale.metrics.Counter;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.millrace.api.InterceptorContext;
import org.millrace.api.Settings;
import org.millrace.api.support.LogThrottle;
import org.millrace.relay.text.BoundedText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A regular expression of Java's, as Flume has them, whose work on one text is bounded: such as {@code (.*a){12}b} takes for ever on a text of
 * some forty letters that was made for it. A text that costs too much counts as one that does not match; that is counted and logged.
 * Thread-safe.
 */
final class BoundedPattern {
    /** What the figures and the key are called. */
    private static final String STEPS = "maxRegexSteps";

    private static final long DEFAULT_STEPS = 10_000_000; // some 50 ms
    private static final Logger LOG = LoggerFactory.getLogger(BoundedPattern.class);

    private final String what;
    private final String text;
    private final Pattern pattern;
    private final long steps;
    private final Counter tooCostly;
    private final LogThrottle throttle;

    private BoundedPattern(
            String what, String text, Pattern pattern, long steps, Counter tooCostly, LogThrottle throttle) {
        this.what = what;
        this.text = text;
        this.pattern = pattern;
        this.steps = steps;
        this.tooCostly = tooCostly;
        this.throttle = throttle;
    }

    /** A key that has a regular expression, about to be read. */
    static Settings.Value<Pattern> value(Settings settings, String key) {
        return settings.pattern(key);
    }

    /** Reads the key for the bound, too. */
    static BoundedPattern of(InterceptorContext context, Settings settings, Pattern pattern) {
        return of(context, settings, pattern, "a body");
    }

    /** @param text what is looked at, such as {@code a body} */
    static BoundedPattern of(InterceptorContext context, Settings settings, Pattern pattern, String text) {
        long steps = settings.number(STEPS, 1000, Long.MAX_VALUE)
                .about("how often " + text + " may be looked at before it counts as one that does not match")
                .orElse(DEFAULT_STEPS);
        return new BoundedPattern(
                "interceptor " + context.name() + " of source " + context.source(),
                text,
                pattern,
                steps,
                context.metrics().counter("interceptors." + context.name() + ".tooCostly"),
                new LogThrottle(context.clock(), Duration.ofMinutes(1)));
    }

    /**
     * Has a text looked at.
     *
     * @param work on a fresh matcher of the text
     * @param otherwise where that costs too much
     */
    <T> T match(String subject, Function<Matcher, T> work, T otherwise) {
        try {
            return work.apply(pattern.matcher(new BoundedText(subject, steps)));
        } catch (BoundedText.TooCostlyException | StackOverflowError e) { // some expressions recurse with each letter
            tooCostly.inc();
            OptionalLong leftOut = throttle.admit();
            if (leftOut.isPresent()) {
                LOG.warn(
                        "{}: {} of {} characters is too costly for {} and counts as one that does not match ({}"
                                + " more since the last time)",
                        what,
                        text,
                        subject.length(),
                        pattern,
                        leftOut.getAsLong());
            }
            return otherwise;
        }
    }
}
