package org.millrace.relay.source.syslog;

import java.nio.charset.StandardCharsets;
import java.text.ParsePosition;
import java.text.SimpleDateFormat;
import java.util.Date;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.millrace.relay.text.BoundedText;

/**
 * A format of the operator's own, {@code format.*}: a regular expression whose groups are priority, version, time stamp, host and body, in
 * this order; what is left out or does not match is not there. The work on one message is bounded; one that takes more counts as one that
 * does not match. One thread.
 */
final class CustomFormat {
    private static final int PRIORITY = 1;
    private static final int VERSION = 2;
    private static final int STAMP = 3;
    private static final int HOST = 4;
    private static final int BODY = 5;

    private final Definition definition;
    private final @Nullable SimpleDateFormat dates;

    /**
     * What an operator may set.
     *
     * @param regex {@code format.regex}
     * @param search {@code format.search}: what is replaced in a time stamp before it is parsed; null for nothing
     * @param replace {@code format.replace}: what comes in its place
     * @param datePattern {@code format.dateFormat}: null if the time is not to be parsed
     * @param maxSteps {@code format.maxRegexSteps}: how often a message may be looked at
     */
    record Definition(
            Pattern regex,
            @Nullable Pattern search,
            String replace,
            @Nullable String datePattern,
            long maxSteps) {}

    CustomFormat(Definition definition) {
        this.definition = definition;
        this.dates = definition.datePattern() == null ? null : new SimpleDateFormat(definition.datePattern());
    }

    /** False if the message has another format; then nothing of it is set. */
    boolean parse(byte[] bytes, int length, SyslogMessage message) {
        String text = new String(bytes, 0, length, StandardCharsets.UTF_8);
        try {
            Matcher matcher = definition.regex().matcher(new BoundedText(text, definition.maxSteps()));
            if (!matcher.matches()) {
                return false;
            }
            String stamp = group(matcher, STAMP);
            message.timeMillis = stamp == null ? SyslogMessage.NO_TIME : time(stamp);
            message.priority.set(group(matcher, PRIORITY));
            message.version.set(group(matcher, VERSION));
            message.stamp.set(stamp);
            message.host.set(group(matcher, HOST));
            message.body.set(group(matcher, BODY));
            return true;
        } catch (BoundedText.TooCostlyException | StackOverflowError e) { // some expressions recurse with each letter
            return false;
        } catch (IndexOutOfBoundsException
                | IllegalArgumentException e) { // a replacement that names a group which is not there
            return false;
        }
    }

    private long time(String stamp) {
        if (dates == null) {
            return SyslogMessage.NO_TIME;
        }
        String text = definition.search() == null
                ? stamp
                : definition
                        .search()
                        .matcher(new BoundedText(stamp, definition.maxSteps()))
                        .replaceAll(definition.replace());
        Date date = dates.parse(text, new ParsePosition(0));
        return date == null ? SyslogMessage.NO_TIME : date.toInstant().toEpochMilli();
    }

    private static @Nullable String group(Matcher matcher, int group) {
        return group <= matcher.groupCount() ? matcher.group(group) : null;
    }
}
