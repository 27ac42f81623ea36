package org.millrace.thrift.kerberos;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whom a source is to Kerberos, such as {@code flume/collector.example.com@EXAMPLE.COM}: a service on a host. */
record ServiceName(String service, String host) {
    private static final String HOST = "_HOST";
    private static final Pattern FORM = Pattern.compile("([^/@]+)/([^/@]+)(@[^/@]+)?");

    /**
     * Takes the first two parts of a principal; of which realm it is, is told by the Kerberos configuration, as with Flume.
     *
     * @throws IllegalArgumentException if it has no host
     */
    static ServiceName of(String principal) {
        Matcher parts = FORM.matcher(principal);
        if (!parts.matches()) {
            throw new IllegalArgumentException("it has not the form service/host@REALM");
        }
        return new ServiceName(parts.group(1), parts.group(2).toLowerCase(Locale.ROOT));
    }

    /**
     * A principal with the name of this machine in place of {@code _HOST}, as Hadoop has it.
     *
     * @throws IllegalArgumentException if the machine does not know its name
     */
    static String withHost(String principal) {
        Matcher parts = FORM.matcher(principal);
        if (!parts.matches() || !parts.group(2).equals(HOST)) {
            return principal;
        }
        try {
            String host = InetAddress.getLocalHost().getCanonicalHostName().toLowerCase(Locale.ROOT);
            return new StringBuilder(principal)
                    .replace(parts.start(2), parts.end(2), host)
                    .toString();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("this machine does not know its own name: " + e.getMessage(), e);
        }
    }

    @Override
    public String toString() {
        return service + "/" + host;
    }
}
