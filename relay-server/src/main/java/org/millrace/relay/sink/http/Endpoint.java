package org.millrace.relay.sink.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where events are posted to: an http or https URL. Less strict than {@link java.net.URI}, as Flume is: a host may have an underscore, as
 * those of containers do, and what a path or query may not have is encoded.
 *
 * @param isTls whether it is https
 * @param host a name, or an address; one of IPv6 in brackets
 * @param port 1 to 65535
 * @param target path and query, as a request names them
 */
record Endpoint(boolean isTls, String host, int port, String target) {
    private static final Pattern URL = Pattern.compile(
            "(?<scheme>https?)://"
                    + "([^/?#@\\s]*@)?" // a user, who is never sent
                    + "(?<host>[\\w.~-]+|\\[[0-9a-f:.]+(%[\\w.~-]+)?])"
                    + "(:(?<port>\\d{0,5}))?"
                    + "(?<path>/[^?#\\s]*)?"
                    + "(?<query>\\?[^#\\s]*)?"
                    + "(#\\S*)?",
            Pattern.CASE_INSENSITIVE);

    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;
    private static final int HIGHEST_PORT = 65_535;
    private static final String NOT_AS_IT_IS = "\"<>\\^`{|}";

    /** @throws IllegalArgumentException if it is no such URL */
    static Endpoint parse(String text) {
        Matcher url = URL.matcher(text);
        if (!url.matches()) {
            throw new IllegalArgumentException();
        }
        boolean isTls = url.group("scheme").toLowerCase(Locale.ROOT).equals("https");
        String digits = url.group("port");
        int port = digits == null || digits.isEmpty() ? usualPort(isTls) : Integer.parseInt(digits);
        if (port < 1 || port > HIGHEST_PORT) {
            throw new IllegalArgumentException("port " + port + " is not between 1 and " + HIGHEST_PORT);
        }
        String path = url.group("path") == null ? "/" : url.group("path");
        String query = url.group("query") == null ? "" : url.group("query");
        return new Endpoint(isTls, url.group("host"), port, encoded(path + query));
    }

    private static int usualPort(boolean isTls) {
        return isTls ? HTTPS_PORT : HTTP_PORT;
    }

    private static String encoded(String target) {
        StringBuilder encoded = new StringBuilder();
        for (byte octet : target.getBytes(UTF_8)) {
            if (octet < ' ' || octet > '~' || NOT_AS_IT_IS.indexOf(octet) >= 0) {
                encoded.append(String.format(Locale.ROOT, "%%%02X", octet));
            } else {
                encoded.append((char) octet);
            }
        }
        return encoded.toString();
    }

    /** The host as a look-up and a certificate name it. */
    String hostName() {
        return host.replaceAll("^\\[|]$", "");
    }

    /** The value of a request's header {@code Host}. */
    String hostHeader() {
        return port == usualPort(isTls) ? host : host + ":" + port;
    }

    /** For logs: without user and query, where keys may stand. */
    String shown() {
        return (isTls ? "https://" : "http://") + hostHeader() + target.replaceFirst("\\?.*", "");
    }
}
