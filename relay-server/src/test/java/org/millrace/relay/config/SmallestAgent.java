package org.millrace.relay.config;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.millrace.testkit.TestCertificates;

/**
 * The smallest whole configuration that has a component of some type in it, and for each of that component's keys what else must be there
 * so that the key means something. Immutable.
 */
final class SmallestAgent {
    static final String NAME = "a";

    private static final Map<String, String> PREFIXES = Map.of(
            "source", "a.sources.s.",
            "channel", "a.channels.c.",
            "sink", "a.sinks.k.",
            "selector", "a.sources.s.selector.",
            "interceptor", "a.sources.s.interceptors.i.",
            "sink processor", "a.sinkgroups.g.processor.",
            "config filter", "a.configfilters.f.");

    private static final String PARTS = """
            a.sources = s
            a.channels = c d
            a.sinks = k l m
            a.sources.s.type = seq
            a.sources.s.channels = c d
            a.channels.c.type = memory
            a.channels.d.type = memory
            a.sinks.k.type = null
            a.sinks.k.channel = c
            a.sinks.l.type = null
            a.sinks.l.channel = c
            a.sinks.m.type = null
            a.sinks.m.channel = d
            """;

    /** The lines that name a component of these kinds. */
    private static final Map<String, String> LISTS = Map.of(
            "interceptor", "a.sources.s.interceptors = i\n",
            "config filter", "a.configfilters = f\n");

    /** What a component cannot be without. */
    private static final Map<String, String> NEEDS = Map.ofEntries(
            Map.entry("source TAILDIR", "filegroups = g; filegroups.g = /var/log/app/.*"),
            Map.entry("source avro", "bind = 127.0.0.1; port = 4141"),
            Map.entry("source exec", "command = true"),
            Map.entry("source http", "port = 8080"),
            Map.entry(
                    "source jms",
                    "initialContextFactory = org.example.Names; providerURL = tcp://127.0.0.1:61616;"
                            + " destinationName = logs; destinationType = topic"),
            Map.entry("source multiport_syslogtcp", "ports = 5140"),
            Map.entry("source netcat", "bind = 127.0.0.1; port = 4444"),
            Map.entry("source netcatudp", "port = 4444"),
            Map.entry("source spooldir", "spoolDir = /var/spool/app"),
            Map.entry("source syslogtcp", "port = 5140"),
            Map.entry("source syslogudp", "port = 5140"),
            Map.entry("source thrift", "bind = 127.0.0.1; port = 4141"),
            Map.entry("sink avro", "hostname = localhost; port = 4141"),
            Map.entry("sink file_roll", "sink.directory = /tmp"),
            Map.entry("sink hdfs", "hdfs.path = /logs/%Y"),
            Map.entry("sink http", "endpoint = http://localhost/"),
            Map.entry("sink thrift", "hostname = localhost; port = 4141"),
            Map.entry(
                    "interceptor regex_extractor",
                    "regex = (\\\\d+) (\\\\d+); serializers = n; serializers.n.name = number"),
            Map.entry("interceptor search_replace", "searchPattern = a"),
            Map.entry("config filter external", "command = true"),
            Map.entry("config filter hadoop", "credential.provider.path = jceks://file/etc/secrets.jceks"));

    private static final String TLS_KEYS = "(in|ex)clude-?(p|P)rotocols|(in|ex)clude-cipher-suites|handshakeTimeout"
            + "|maxHandshakes|verify-hostname|trust-all-certs";

    private final ComponentReference component;
    private final Path keys;
    private final Path certificate;
    private final Path privateKey;
    private final Path trust;
    private final Path keytab;

    /** @param certificates whose files a component that speaks TLS or Kerberos gets */
    SmallestAgent(ComponentReference component, Stores certificates) {
        this.component = component;
        this.keys = certificates.keys();
        this.certificate = certificates.certificate();
        this.privateKey = certificates.privateKey();
        this.trust = certificates.trust();
        this.keytab = certificates.keytab();
    }

    /**
     * Files for TLS, and for Kerberos.
     *
     * @param keys PKCS12
     * @param certificate PEM, without its key
     * @param privateKey PEM
     * @param trust PKCS12
     * @param keytab of {@code flume/localhost@EXAMPLE.ORG}
     */
    record Stores(Path keys, Path certificate, Path privateKey, Path trust, Path keytab) {}

    /** Such as {@code source avro}. */
    String what() {
        return what(component);
    }

    static String what(ComponentReference component) {
        return component.kind() + " " + component.type();
    }

    /** What the component's keys start with in the file. */
    String prefix() {
        return PREFIXES.get(component.kind());
    }

    /** The file's lines, without any key that the component can do without. */
    Map<String, String> lines() {
        Map<String, String> lines = new LinkedHashMap<>(parse(PARTS));
        lines.putAll(parse(LISTS.getOrDefault(component.kind(), "")));
        if (component.kind().equals("sink processor")) {
            boolean isAlone = component.type().equals("default");
            lines.putAll(parse("a.sinkgroups = g\na.sinkgroups.g.sinks = " + (isAlone ? "k" : "k l")));
        }
        if (component.kind().equals("channel")) { // of which one holds no batch of a sink's default
            lines.put("a.sinks.k.batchSize", "1");
            lines.put("a.sinks.l.batchSize", "1");
        }
        lines.put(prefix() + "type", component.type());
        lines.putAll(own(NEEDS.getOrDefault(what(), "")));
        return lines;
    }

    /**
     * The same with what makes the component read a key.
     *
     * @param key as the reference has it
     */
    Map<String, String> linesFor(String key) {
        Map<String, String> lines = lines();
        lines.putAll(own(condition(key)));
        return lines;
    }

    private String condition(String key) {
        return switch (component.kind()) {
            case "source", "sink" -> tlsOr(key);
            case "channel" -> key.startsWith("encryption.") ? encryption() : "";
            case "interceptor" ->
                key.equals("serializers.<NAME>.pattern")
                        ? "serializers.n.type = org.apache.flume.interceptor.RegexExtractorInterceptorMillisSerializer;"
                                + " serializers.n.pattern = yyyy"
                        : "";
            default -> key.equals("selector.maxTimeOut") ? "backoff = true" : "";
        };
    }

    private String tlsOr(String key) {
        String on = "ssl = true; keystore = " + keys + "; keystore-password = " + TestCertificates.PASSWORD;
        if (key.equals("keystore-private-key")) {
            return "ssl = true; keystore-type = PEM; keystore = " + certificate + "; keystore-private-key = "
                    + privateKey;
        }
        if (key.equals("keystorePassword")) {
            return "ssl = true; keystore = " + keys + "; keystorePassword = " + TestCertificates.PASSWORD;
        }
        if (key.startsWith("truststore")) {
            String asked = component.kind().equals("source") ? "; client-auth = required" : "";
            return on + asked + "; truststore = " + trust + "; truststore-password = " + TestCertificates.PASSWORD;
        }
        if (key.equals("enableSSL")) {
            return on.replace("ssl = true; ", "");
        }
        if (key.matches("ssl|client-auth|keystore.*") || key.matches(TLS_KEYS)) {
            return on;
        }
        if (component.type().equals("thrift") && key.matches("kerberos.*|.*-(principal|keytab)")) {
            return kerberos(component.kind().equals("source") ? "agent" : "client");
        }
        return component.kind().equals("source") ? ofSource(key) : ofSink(key);
    }

    private String kerberos(String own) {
        String principal = "flume/localhost@EXAMPLE.ORG";
        String next = own.equals("client") ? "; server-principal = " + principal : "";
        return "kerberos = true; " + own + "-principal = " + principal + "; " + own + "-keytab = " + keytab + next;
    }

    private String ofSource(String key) {
        return switch (component.type() + " " + key) {
            case "http handler.mandatoryParameters" -> "handler = org.apache.flume.source.http.BLOBHandler";
            case "http handler.maxBlobLength" -> "handler = org.apache.flume.sink.solr.morphline.BlobHandler";
            case "jms connectionFactory", "jms destinationName" -> "destinationLocator = jndi";
            case "jms createDurableSubscription", "jms durableSubscriptionName", "jms clientId" ->
                "createDurableSubscription = true; durableSubscriptionName = name; clientId = id";
            case "spooldir deserializer.schemaType" -> "deserializer = AVRO";
            case "spooldir deserializer.maxBlobLength" -> "deserializer = BLOB";
            default -> key.startsWith("format.") ? "format.regex = (.)(.)(.)(.)(.*)" + ofFormat(key) : "";
        };
    }

    private static String ofFormat(String key) {
        return key.matches("format.(search|replace)") ? "; format.search = a; format.replace = b" : "";
    }

    private String ofSink(String key) {
        if (key.equals("deadLetter.channel")) {
            return "deadLetter.type = channel; deadLetter.channel = d";
        }
        if (key.matches("(sink[.])?serializer.*") || key.equals("hdfs.writeFormat")) {
            String serializer = key.matches(".*(compression|sync).*")
                    ? "AVRO_EVENT"
                    : key.contains(".schema") ? "org.apache.flume.sink.hdfs.AvroEventSerializer$Builder" : "TEXT";
            String name = component.type().equals("hdfs") ? "serializer" : "sink.serializer";
            String stream = component.type().equals("hdfs") && !key.equals("hdfs.writeFormat")
                    ? "hdfs.fileType = DataStream; "
                    : "";
            return stream + name + " = " + serializer;
        }
        return switch (key) {
            case "hdfs.roundUnit", "hdfs.roundValue" -> "hdfs.round = true";
            case "hdfs.codeC" -> "hdfs.fileType = CompressedStream; hdfs.codeC = gzip";
            case "hdfs.fileType" -> "hdfs.fileType = SequenceFile";
            case "hdfs.kerberosPrincipal", "hdfs.kerberosKeytab" ->
                "hdfs.kerberosPrincipal = flume/localhost@EXAMPLE.ORG; hdfs.kerberosKeytab = " + keytab;
            default -> "";
        };
    }

    private static String encryption() {
        return "encryption.keyProvider = JCEKSFILE; encryption.cipherProvider = AESGCM;"
                + " encryption.keyProvider.keyStoreFile = /etc/keys.jceks;"
                + " encryption.keyProvider.keyStorePasswordFile = /etc/keys.password;"
                + " encryption.keyProvider.keys = key-0; encryption.activeKey = key-0";
    }

    private Map<String, String> own(String lines) {
        Map<String, String> own = new LinkedHashMap<>();
        parse(lines.replaceAll(";\\s*", "\n")).forEach((key, value) -> own.put(prefix() + key, value));
        return own;
    }

    private static Map<String, String> parse(String text) {
        return text.lines()
                .map(line -> List.of(line.strip().split(" = ", 2)))
                .collect(Collectors.toMap(
                        parts -> parts.get(0), parts -> parts.get(1), (first, second) -> second, LinkedHashMap::new));
    }
}
