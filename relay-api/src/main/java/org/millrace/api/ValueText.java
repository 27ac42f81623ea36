package org.millrace.api;

import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * How values are written in a file: makes of them what they stand for, and says in words what would be one. What is none is an {@link
 * IllegalArgumentException}, whose message, if there is one, says more than what is expected.
 */
final class ValueText {
    private static final Pattern DIGITS = Pattern.compile("-?\\d+");
    /** Of a number that any value can hold. */
    private static final int MOST_DIGITS = Long.toString(Long.MAX_VALUE).length();

    private ValueText() {}

    static Path path(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException();
        }
        return Path.of(text);
    }

    static Charset writableCharset(String name) {
        Charset charset = Charset.forName(name);
        if (!charset.canEncode()) {
            throw new IllegalArgumentException("this one can only be read");
        }
        return charset;
    }

    static long inRange(String text, long least, long most) {
        return inRange(Long.parseLong(checkedDigits(text, most)), least, most);
    }

    static long inRange(long number, long least, long most) {
        if (number < least || number > most) {
            throw outOfRange(number > most, most);
        }
        return number;
    }

    /** A number that is too long for anything is out of range, and not no number. */
    static String checkedDigits(String text, long most) {
        if (DIGITS.matcher(text).matches() && text.length() > MOST_DIGITS) {
            throw outOfRange(!text.startsWith("-"), most);
        }
        return text;
    }

    /** The most is only told where it counts: hardly anybody comes near it. */
    private static IllegalArgumentException outOfRange(boolean isAbove, long most) {
        return isAbove && most >= Integer.MAX_VALUE
                ? new IllegalArgumentException("at most " + most)
                : new IllegalArgumentException();
    }

    /** Such as {@code a whole number, 1 to 10}. */
    static String range(String what, long least, long most) {
        if (most < Integer.MAX_VALUE) {
            return what + ", " + least + " to " + most;
        }
        return least <= Integer.MIN_VALUE ? what : what + ", at least " + least;
    }

    static String plural(ChronoUnit unit) {
        return unit == ChronoUnit.MILLIS ? "milliseconds" : unit.toString().toLowerCase(Locale.ROOT);
    }

    /** A value as it can be printed on one line. */
    static String shown(String text) {
        if (text.isEmpty()) {
            return "empty";
        }
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            shown.append(
                    Character.isISOControl(c) ? String.format(Locale.ROOT, "\\u%04x", (int) c) : String.valueOf(c));
        }
        return shown.toString();
    }

    /** What is wrong with a value, beside that it is not what is expected; null if there is no more to say. */
    static @Nullable String more(IllegalArgumentException e) {
        if (e instanceof PatternSyntaxException syntax) {
            return syntax.getDescription() + " at character " + (syntax.getIndex() + 1);
        }
        if (e instanceof UnsupportedCharsetException || e instanceof IllegalCharsetNameException) {
            return "there is none of that name";
        }
        boolean saysNothing = e instanceof NumberFormatException
                || (e.getMessage() != null && e.getMessage().startsWith("No enum"));
        return saysNothing ? null : e.getMessage();
    }
}
