package org.millrace.hdfs;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;

/**
 * Makes a header's value fit to be one level of a path, whatever it holds: it cannot climb out of its directory, open a level of
 * its own, or make a name that HDFS refuses for ever.
 *
 * <p>{@code /}, {@code :} and control characters become {@code _}, so {@code ../x} becomes {@code .._x}; a value of dots alone
 * becomes as many {@code _}; {@code .snapshot} becomes {@code _snapshot}; a long one is cut, with a
 * hash in place of the rest: what was different stays so, also where somebody looks for two that are not.
 *
 * @see PlaceCheck which sees to what several of them, or one that is missing, make of a level
 */
final class HeaderLevel {
    /** HDFS and most file systems allow 255 bytes in a name; this leaves room for what the pattern and the file name add. */
    private static final int MAX_BYTES = 160;

    private static final int HASH_BYTES = 16;

    /** Names that HDFS keeps for itself: it refuses to make them. */
    private static final Set<String> RESERVED = Set.of(".snapshot", ".reserved");

    private HeaderLevel() {}

    static boolean isReserved(String level) {
        return RESERVED.contains(level);
    }

    static String of(String value) {
        int plain = 0;
        boolean onlyDots = true;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            plain += isUnsafe(c) ? 0 : 1;
            onlyDots &= c == '.';
        }
        if (isReserved(value)) {
            return '_' + value.substring(1);
        }
        if (plain == value.length() && !onlyDots && value.length() <= MAX_BYTES / 3) {
            return value; // nearly always
        }
        return shortened(onlyDots ? "_".repeat(value.length()) : replaced(value));
    }

    private static boolean isUnsafe(char c) {
        return c == '/' || c == ':' || Character.isISOControl(c) || Character.isSurrogate(c);
    }

    private static String replaced(String value) {
        StringBuilder safe = new StringBuilder(value.length());
        value.codePoints().forEach(c -> {
            boolean lone = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
            safe.appendCodePoint(c == '/' || c == ':' || Character.isISOControl(c) || lone ? '_' : c);
        });
        return safe.toString();
    }

    private static String shortened(String value) {
        if (value.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES) {
            return value;
        }
        StringBuilder head = new StringBuilder();
        int bytes = 0;
        for (int i = 0; i < value.length(); ) {
            int c = value.codePointAt(i);
            bytes += Character.toString(c).getBytes(StandardCharsets.UTF_8).length;
            if (bytes > MAX_BYTES) {
                break;
            }
            head.appendCodePoint(c);
            i += Character.charCount(c);
        }
        return head.append('-').append(hash(value)).toString();
    }

    private static String hash(String value) {
        try {
            byte[] sum = MessageDigest.getInstance("SHA-256").digest(value.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sum, 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has it", e);
        }
    }
}
