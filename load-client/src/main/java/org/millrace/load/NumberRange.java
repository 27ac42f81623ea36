package org.millrace.load;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whole numbers, such as {@code 1..1000}.
 *
 * @param first 0 or more
 * @param last not less than the first
 */
record NumberRange(long first, long last) {
    private static final Pattern RANGE = Pattern.compile("(\\d{1,12}[kM]?)\\.\\.(\\d{1,12}[kM]?)");

    NumberRange {
        if (first < 0 || last < first) {
            throw new IllegalArgumentException(first + ".." + last + " (expected: the smaller number first)");
        }
    }

    /** True for two numbers and two points between them, though the first may be the larger one. */
    static boolean isOne(String text) {
        return RANGE.matcher(text).matches();
    }

    static NumberRange parse(String text) {
        Matcher matcher = RANGE.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(text + " (expected: two numbers, such as 1..1000)");
        }
        return new NumberRange(Units.parseCount(matcher.group(1)), Units.parseCount(matcher.group(2)));
    }

    /** How many there are. */
    long size() {
        return last - first + 1;
    }
}
