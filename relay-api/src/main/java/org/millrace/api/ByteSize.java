package org.millrace.api;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A size in bytes as an operator writes it: {@code 4096}, {@code 4KiB}, {@code 64 MiB}, {@code 1GiB}; the {@code iB} may be left out. */
final class ByteSize {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,19})\\s*([KMGT]?)(I?B)?");
    private static final int BITS_PER_STEP = 10;

    private ByteSize() {}

    /** @throws NumberFormatException if it is none, or too large a number */
    static long parse(String text) {
        Matcher size = SIZE.matcher(text.trim().toUpperCase(Locale.ROOT));
        if (!size.matches()) {
            throw new NumberFormatException(text);
        }
        long number = Long.parseLong(size.group(1));
        int shift =
                BITS_PER_STEP * ("KMGT".indexOf(size.group(2)) + (size.group(2).isEmpty() ? 0 : 1));
        if (number > Long.MAX_VALUE >> shift) {
            throw new NumberFormatException(text);
        }
        return number << shift;
    }
}
