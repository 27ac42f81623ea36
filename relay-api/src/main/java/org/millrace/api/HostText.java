package org.millrace.api;

import java.util.regex.Pattern;

/** Tells the names and addresses of hosts from texts that cannot be one, without looking anything up. */
final class HostText {
    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}_][\\p{L}\\p{N}_.-]*");
    private static final Pattern FOUR_NUMBERS = Pattern.compile("\\d+([.]\\d+){3}");
    private static final Pattern IPV4 = Pattern.compile("(0*(25[0-5]|2[0-4]\\d|1?\\d?\\d)([.]|$)){4}");
    private static final String BARE_IPV6 = "[0-9A-Fa-f.]*(:[0-9A-Fa-f.]*){2,}(%[\\w.-]+)?";
    private static final Pattern IPV6 = Pattern.compile(BARE_IPV6 + "|\\[" + BARE_IPV6 + "]");
    private static final Pattern WITH_PORT = Pattern.compile("[^:]+:\\d+");

    private HostText() {}

    /**
     * The text as it is, also an empty one.
     *
     * @throws IllegalArgumentException if no host can be called that
     */
    static String checked(String text) {
        if (WITH_PORT.matcher(text).matches()) {
            throw new IllegalArgumentException("without the port");
        }
        boolean isAddress = FOUR_NUMBERS.matcher(text).matches()
                ? IPV4.matcher(text).matches()
                : NAME.matcher(text).matches() || IPV6.matcher(text).matches();
        if (!isAddress && !text.isEmpty()) {
            throw new IllegalArgumentException();
        }
        return text;
    }
}
