package org.millrace.relay.source.http;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.SourceContext;
import org.millrace.api.part.HttpHandler;
import org.millrace.api.part.PartContext;
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
        HttpHandler handler,
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

    /** Flume's older names of keys, which it still takes, by those of today. */
    private static final Map<String, String> OLDER_TLS_NAMES = Map.of(
            "ssl", "enableSSL",
            "keystore-password", "keystorePassword",
            "exclude-protocols", "excludeProtocols");

    private static final String JETTYS_TLS = "SslContextFactory.";

    static HttpSettings read(SourceContext context, Settings settings) {
        Optional<ServerTls> tls = Optional.ofNullable(TlsSettings.server(settings, OLDER_TLS_NAMES));
        refuseJettysTls(settings);
        String bind = settings.host("bind").about("the address to listen on").orElse("0.0.0.0");
        int port = TcpSettings.port(settings);
        HttpHandler handler = handler(context, settings);
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

    private static HttpHandler handler(SourceContext context, Settings settings) {
        return settings.part("handler", ComponentFactory.OfHttpHandler.class)
                .about("what makes events of a request, by the name of Flume's class, or one of a plug-in's")
                .orElse(
                        JsonHandlerFactory.CLASS_NAME,
                        (factory, keys) -> factory.create(PartContext.of(context), keys));
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
