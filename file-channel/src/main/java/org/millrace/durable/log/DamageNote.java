package org.millrace.durable.log;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is written beside bytes that were set aside: JSON, for people and their tools. */
final class DamageNote {
    private static final Pattern NUMBER = Pattern.compile("\"(\\w+)\": (\\d{1,18})");

    private DamageNote() {}

    /** @param newestSegment number of the newest segment when this was found: the snapshots from there back do not know of it */
    static byte[] of(Damage damage, long setAsideBytes, long newestSegment, Instant time) {
        return utf8(String.format(
                Locale.ROOT,
                """
                {
                  "file": %s,
                  "segment": %d,
                  "fromOffset": %d,
                  "toOffset": %d,
                  "setAsideBytes": %d,
                  "fromSequence": %d,
                  "toSequence": %d,
                  "lostEvents": %d,
                  "reason": %s,
                  "newestSegment": %d,
                  "time": "%s"
                }
                """,
                quoted(damage.segment().slot()),
                damage.segment().number(),
                damage.from(),
                damage.to(),
                setAsideBytes,
                damage.fromSequence(),
                damage.toSequence(),
                damage.lostEvents(),
                quoted(damage.why()),
                newestSegment,
                time));
    }

    /** Of a whole file. */
    static byte[] ofFile(String file, String why, Instant time) {
        return utf8(String.format(Locale.ROOT, """
                {
                  "file": %s,
                  "reason": %s,
                  "time": "%s"
                }
                """, quoted(file), quoted(why), time));
    }

    /** The number of this name in a note; -1 if there is none. */
    static long number(byte[] note, String name) {
        Matcher numbers = NUMBER.matcher(new String(note, StandardCharsets.UTF_8));
        while (numbers.find()) {
            if (numbers.group(1).equals(name)) {
                return Long.parseLong(numbers.group(2));
            }
        }
        return -1;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.chars().forEach(c -> {
            if (c < ' ') {
                quoted.append(String.format(Locale.ROOT, "\\u%04x", c));
            } else {
                quoted.append(c == '"' || c == '\\' ? "\\" : "").append((char) c);
            }
        });
        return quoted.append('"').toString();
    }
}
