package org.millrace.relay.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.millrace.api.KeyDefinition;
import org.millrace.api.KeyDefinition.Standing;

/** Values that a key cannot have, by what its definition says that it expects. */
final class BadValues {
    private static final Pattern RANGE = Pattern.compile("a (?:whole )?number.*?, (-?\\d+) to (-?\\d+)");
    private static final Pattern FROM = Pattern.compile("a (?:whole )?number.*, at least (-?\\d+)");
    /** For any number. */
    static final String TOO_LARGE = "99999999999999999999";

    private static final List<String> OTHER_PARTS = List.of("neither", "org.example.Own$Builder");
    private static final List<String> CHARSETS = List.of("klingon", "no such set");

    /** By what is expected, where that says all. */
    private static final Map<String, List<String>> BY_EXPECTATION = Map.ofEntries(
            Map.entry("true or false", List.of("maybe")),
            Map.entry("a whole number, from 1 to the number of sinks", List.of("many", "0", "3")),
            Map.entry("a whole number", List.of("many", TOO_LARGE)),
            Map.entry("a number of milliseconds", List.of("soon", TOO_LARGE)),
            Map.entry("a number of seconds, 0 or less for never", List.of("soon")),
            Map.entry("a number of bytes, such as 1048576 or 1MiB, at most half the heap", List.of("1 cow", "-1")),
            Map.entry("a path", List.of("")),
            Map.entry("a host name or address", List.of("a host", "localhost:4141", "10.0.0.256")),
            Map.entry("a character set, such as UTF-8", CHARSETS),
            Map.entry("a regular expression of Java's", List.of("(a")),
            Map.entry("a part of a file name, without /", List.of("a/b")),
            Map.entry("a codec of Avro's", List.of("zip")),
            Map.entry("an absolute path, its last part a regular expression", List.of("log/.*", "/log/(a", "")),
            Map.entry("a pattern of Java's SimpleDateFormat", List.of("nonsense")),
            Map.entry("a pattern of Joda's, such as yyyy-MM-dd HH:mm:ss", List.of("nonsense")),
            Map.entry("names of the JDK's, with blanks between", List.of("nonsense")),
            Map.entry("PEM, JKS, PKCS12, JCEKS, or another type that the JDK has a provider of", List.of("nonsense")),
            Map.entry(
                    "allow|deny:ip|name:pattern, separated by commas",
                    List.of("allow:ip", "maybe:ip:*", "deny:host:*")),
            Map.entry("none, all, or some of: priority version timestamp hostname", List.of("priority colour")),
            Map.entry("directories separated by commas", List.of(",", "/data, /data")),
            Map.entry("channels of the source", List.of("e", "")),
            Map.entry("ports separated by blanks, each 0 to 65535", List.of("5140 65536", "5140,5141", "514 514")),
            Map.entry("statuses such as 400, separated by blanks", List.of("400 40")),
            Map.entry("a header's value, without control characters", List.of("a\\u0007b")),
            Map.entry("an http or https URL", List.of("ftp://localhost/", "http:///", "http://a b/")),
            Map.entry("the provider's address", List.of("ldap://127.0.0.1/")),
            Map.entry("a name without a scheme, or of java:", List.of("ldap://127.0.0.1/a")),
            Map.entry("the end of a file name", List.of("", "a/b")),
            Map.entry("a path, below spoolDir unless it is absolute", List.of("")),
            Map.entry("a compression codec", List.of("zip", "org.example.Codec")),
            Map.entry("a time zone, such as Europe/Berlin", List.of("Europe/Atlantis")),
            Map.entry(
                    "a path with escapes such as %{header} and %Y-%m-%d", List.of("/logs/%[place]", "%{name}://logs")),
            Map.entry(
                    "the start of a file name with escapes such as %{header} and %Y-%m-%d", List.of("a-%[place]", "")),
            Map.entry("a directory with Hadoop's core-site.xml, hdfs-site.xml or both", List.of("/no/such")),
            Map.entry("a keytab file that can be read", List.of("/no/such.keytab")),
            Map.entry("a principal, such as name/_HOST@REALM", List.of("")),
            Map.entry(
                    "such as flume/_HOST@EXAMPLE.COM, where _HOST is this machine's name",
                    List.of("", "flume@EXAMPLE.COM", "flume/a/b@EXAMPLE.COM")),
            Map.entry("such as flume/collector.example.com@EXAMPLE.COM", List.of("", "flume@EXAMPLE.COM")),
            Map.entry("a keytab that can be read", List.of("", "/no/such.keytab")),
            Map.entry("a user's name", List.of("")),
            Map.entry("nothing", List.of("true")));

    /** By the key, where its definition leaves more open than the key takes. Such as {@code sink hdfs serializer}; a star for any component. */
    private static final Map<String, List<String>> BY_KEY = Map.ofEntries(
            Map.entry("* keystore", List.of("/no/such.p12")),
            Map.entry("* truststore", List.of("/no/such.p12")),
            Map.entry("* keystore-private-key", List.of("/no/such.pem")),
            Map.entry("* keystore-password", List.of("wrong")),
            Map.entry("* keystorePassword", List.of("wrong")),
            Map.entry("* truststore-password", List.of("wrong")),
            Map.entry("* exclude-protocols", List.of()),
            Map.entry("* excludeProtocols", List.of()),
            Map.entry("* exclude-cipher-suites", List.of()),
            Map.entry("* deadLetter.channel", List.of("e", "c", "")),
            Map.entry("* encryption.keyProvider", List.of("VAULT")),
            Map.entry("* encryption.cipherProvider", List.of("ROT13")),
            Map.entry("* encryption.keyProvider.keys", List.of("")),
            Map.entry("* encryption.activeKey", List.of("key-1")),
            Map.entry("channel file readers", List.of("a,b", "")),
            Map.entry("* sink.serializer.schemaURL", List.of("hdfs://nn/schema")),
            Map.entry("sink hdfs hdfs.inUseSuffix", List.of("")),
            Map.entry("source exec charset", List.of("klingon", "no such set", "x-JISAutoDetect")),
            Map.entry("source jms converter.charset", List.of("klingon", "no such set", "x-JISAutoDetect")),
            Map.entry("source spooldir deserializer.outputCharset", List.of("klingon", "x-JISAutoDetect")),
            Map.entry("interceptor search_replace charset", List.of("klingon", "x-JISAutoDetect")),
            Map.entry("sink thrift client-principal", List.of("")),
            Map.entry("source http handler", OTHER_PARTS),
            Map.entry("source jms converter.type", OTHER_PARTS),
            Map.entry("source spooldir deserializer", OTHER_PARTS),
            Map.entry("sink hdfs serializer", OTHER_PARTS),
            Map.entry("sink file_roll sink.serializer", OTHER_PARTS),
            Map.entry("sink file_roll sink.pathManager", OTHER_PARTS),
            Map.entry("interceptor regex_extractor serializers.<NAME>.type", OTHER_PARTS),
            Map.entry("selector multiplexing default", List.of("e")),
            Map.entry("selector replicating optional", List.of("e")),
            Map.entry("interceptor search_replace replaceString", List.of("$1")),
            Map.entry("interceptor regex_extractor serializers", List.of("")),
            Map.entry("config filter hadoop credential.provider.path", List.of("no store")));

    private BadValues() {}

    /** Values to write into the file; none if the definition tells of none. */
    static List<String> of(String component, KeyDefinition key) {
        List<String> bad = new ArrayList<>();
        List<String> own = BY_KEY.getOrDefault(component + " " + key.key(), BY_KEY.get("* " + key.key()));
        bad.addAll(own != null ? own : byExpectation(key.expected()));
        if (key.standing() == Standing.REQUIRED && !bad.contains("")) {
            bad.add("");
        }
        return bad;
    }

    /** Keys that this class knows by their names, such as {@code * keystore}. */
    static List<String> knownKeys() {
        return List.copyOf(BY_KEY.keySet());
    }

    /** Expectations that this class knows. */
    static List<String> knownExpectations() {
        return List.copyOf(BY_EXPECTATION.keySet());
    }

    private static List<String> byExpectation(String expected) {
        List<String> known = BY_EXPECTATION.get(expected);
        if (known != null) {
            return known;
        }
        String notANumber = expected.contains("bytes") ? "1 cow" : "many";
        Matcher range = RANGE.matcher(expected);
        if (range.matches()) {
            long least = Long.parseLong(range.group(1));
            long most = Long.parseLong(range.group(2));
            return List.of(notANumber, Long.toString(least - 1), Long.toString(most + 1));
        }
        Matcher from = FROM.matcher(expected);
        if (from.matches()) {
            return List.of(notANumber, Long.toString(Long.parseLong(from.group(1)) - 1), TOO_LARGE);
        }
        return expected.startsWith("one of: ") ? List.of("neither") : List.of();
    }
}
