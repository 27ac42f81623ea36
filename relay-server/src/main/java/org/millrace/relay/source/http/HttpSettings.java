package org.millrace.relay.source.http;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.millrace.api.Settings;
import org.millrace.listener.IpFilter;
import org.millrace.listener.TcpSettings;
import org.millrace.listener.tls.TlsSettings;
import org.millrace.tls.ServerTls;

/**
 * What an operator may set.
 *
 * @param port {@code port}
 * @param tls {@code ssl} and the other keys of TLS
 * @param maxRequestBytes {@code maxRequestBytes}: the most content of a request, also once it is decompressed; no more than {@code
 *     maxReceiveBytes}
 * @param maxReceiveBytes {@code maxReceiveBytes}: content that is not in its channels yet, of all connections; with more a request is
 *     answered with 503
 * @param maxHeaderBytes {@code HttpConfiguration.requestHeaderSize}: of the request line, and of the headers
 * @param idleTimeout {@code ServerConnector.idleTimeout}, milliseconds: a peer that is silent for so long is disconnected; 0 for never
 * @param requestTimeout {@code requestTimeout}, seconds: how long a request may take to come in; 0 for as long as it likes
 */
record HttpSettings(
        int port,
        Optional<ServerTls> tls,
        RequestHandler handler,
        long maxRequestBytes,
        long maxReceiveBytes,
        int maxHeaderBytes,
        Duration idleTimeout,
        Duration requestTimeout,
        TcpSettings tcp) {
    private static final int MAX_READ_BYTES = 64 << 10;
    private static final long LEAST_RECEIVE_BYTES = 64 << 10;
    private static final long MAX_REQUEST_BYTES = Integer.MAX_VALUE - 16L;
    private static final long MOST_DEFAULT_REQUEST_BYTES = 100_000_000;

    /** While it is read a request takes several times its size, on each event loop. */
    private static final int REQUESTS_TO_A_HEAP = 32;

    private static final int DEFAULT_HEADER_BYTES = 8192;
    private static final int DEFAULT_IDLE_MILLIS = 30_000;
    private static final int DEFAULT_REQUEST_SECONDS = 300;
    private static final long DEFAULT_BLOB_BYTES = 100_000_000;
    private static final List<String> HANDLERS =
            List.of(JsonHandler.CLASS_NAME, BlobHandler.CLASS_NAME, BlobHandler.MORPHLINE_CLASS_NAME);

    /** Flume's older names of keys, which it still takes, by those of today. */
    private static final Map<String, String> OLDER_TLS_NAMES = Map.of(
            "ssl", "enableSSL",
            "keystore-password", "keystorePassword",
            "exclude-protocols", "excludeProtocols");

    private static final String JETTYS_TLS = "SslContextFactory.";

    static HttpSettings read(Settings settings) {
        Optional<ServerTls> tls = Optional.ofNullable(TlsSettings.server(settings, OLDER_TLS_NAMES));
        refuseJettysTls(settings);
        String bind = settings.host("bind").about("the address to listen on").orElse("0.0.0.0");
        int port = TcpSettings.port(settings);
        RequestHandler handler = handler(settings);
        long heapBytes = Runtime.getRuntime().maxMemory();
        long maxRequest = settings.bytes("maxRequestBytes", 1, MAX_REQUEST_BYTES)
                .about("the most content of a request, also once it is decompressed; one with more is answered with"
                        + " 413")
                .byDefault("a 32nd of the heap, at most 100000000")
                .orElse(Math.min(MOST_DEFAULT_REQUEST_BYTES, heapBytes / REQUESTS_TO_A_HEAP));
        long maxReceive = settings.bytes("maxReceiveBytes", LEAST_RECEIVE_BYTES, Long.MAX_VALUE)
                .about("content that is not in its channels yet, of all connections; with more, requests are answered"
                        + " with 503")
                .byDefault("an eighth of the heap")
                .orElse(Math.max(LEAST_RECEIVE_BYTES, heapBytes / 8));
        int maxHeader = settings.integer("HttpConfiguration.requestHeaderSize", 256, 1 << 20)
                .about("the most bytes of a request's first line, and of its headers")
                .orElse(DEFAULT_HEADER_BYTES);
        Duration idle = settings.duration("ServerConnector.idleTimeout", ChronoUnit.MILLIS, 0, Integer.MAX_VALUE)
                .about("how long a connection may be silent before it is closed; 0: for ever")
                .orElse(Duration.ofMillis(DEFAULT_IDLE_MILLIS));
        Duration request = settings.duration("requestTimeout", ChronoUnit.SECONDS, 0, Integer.MAX_VALUE)
                .about("how long a request may take to come in; 0: for ever")
                .orElse(Duration.ofSeconds(DEFAULT_REQUEST_SECONDS));
        int eventLoops = TcpSettings.eventLoops(settings, "threads");
        IpFilter filter = IpFilter.read(settings);
        int maxConnections = TcpSettings.maxConnections(settings);
        int maxUnsent = TcpSettings.maxUnsentBytes(settings);
        ignoreJetty(settings);
        return new HttpSettings(
                port,
                tls,
                handler,
                Math.min(maxRequest, maxReceive),
                maxReceive,
                maxHeader,
                idle,
                request,
                new TcpSettings(bind, eventLoops, filter, maxConnections, MAX_READ_BYTES, maxUnsent));
    }

    private static RequestHandler handler(Settings settings) {
        String name = settings.value(
                        "handler",
                        "one of: " + String.join(", ", HANDLERS),
                        HttpSettings::handlerName,
                        JsonHandler.CLASS_NAME)
                .about("what makes events of a request, by the name of Flume's class; others cannot be loaded")
                .orElse(JsonHandler.CLASS_NAME);
        Settings blob = name.equals(BlobHandler.CLASS_NAME) ? settings : settings.elsewise();
        Settings morphline = name.equals(BlobHandler.MORPHLINE_CLASS_NAME) ? settings : settings.elsewise();
        List<String> mandatory = blob.value(
                        "handler.mandatoryParameters",
                        "names separated by commas",
                        HttpSettings::names,
                        List.<String>of())
                .byDefault("")
                .about("with BLOBHandler: parameters that a request must have")
                .orElse(List.of());
        long maxBlob = morphline
                .bytes("handler.maxBlobLength", 1, Integer.MAX_VALUE - 16L)
                .about("with BlobHandler: the most bytes of a body; what is longer is cut")
                .orElse(DEFAULT_BLOB_BYTES);
        settings.define("handler.<KEY>", "a text", "what else is said to a handler has no effect");
        settings.under("handler.").all().keySet().stream()
                .filter(key -> !key.equals("mandatoryParameters") || blob != settings)
                .filter(key -> !key.equals("maxBlobLength") || morphline != settings)
                .forEach(key -> settings.ignored("the handler has no such key", "handler." + key));
        return switch (name) {
            case BlobHandler.CLASS_NAME -> new BlobHandler(mandatory, false, Long.MAX_VALUE);
            case BlobHandler.MORPHLINE_CLASS_NAME -> new BlobHandler(List.of(), true, maxBlob);
            default -> new JsonHandler();
        };
    }

    private static String handlerName(String name) {
        return HANDLERS.stream()
                .filter(known -> known.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("classes written for Flume are not loaded"));
    }

    private static List<String> names(String text) {
        return Arrays.stream(text.split(","))
                .map(String::trim)
                .filter(name -> !name.isEmpty())
                .toList();
    }

    /** To go on without what they ask for would not be safe. */
    private static void refuseJettysTls(Settings settings) {
        settings.define(
                JETTYS_TLS + "<PROPERTY>", "nothing", "there is no Jetty: what it would do is done by the keys of TLS");
        settings.under(JETTYS_TLS)
                .all()
                .keySet()
                .forEach(key -> settings.problem(
                        JETTYS_TLS + key,
                        "there is no Jetty (expected: client-auth, include-protocols, exclude-protocols,"
                                + " include-cipher-suites or exclude-cipher-suites)"));
    }

    /** Flume sets properties of Jetty's objects by these. */
    private static void ignoreJetty(Settings settings) {
        ignore(settings, "QueuedThreadPool.", "there is no thread for each request, but event loops: see threads");
        ignore(settings, "HttpConfiguration.", "there is no Jetty; only requestHeaderSize has a meaning here");
        ignore(settings, "ServerConnector.", "there is no Jetty; only idleTimeout has a meaning here");
    }

    private static void ignore(Settings settings, String prefix, String why) {
        settings.define(prefix + "<PROPERTY>", "anything", "has no effect: " + why);
        settings.under(prefix).all().keySet().stream()
                .map(key -> prefix + key)
                .filter(key -> !key.equals("HttpConfiguration.requestHeaderSize")
                        && !key.equals("ServerConnector.idleTimeout"))
                .forEach(key -> settings.ignored(why, key));
    }
}
