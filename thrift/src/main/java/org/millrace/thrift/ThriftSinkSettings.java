package org.millrace.thrift;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.millrace.api.Settings;
import org.millrace.listener.tls.TlsSettings;
import org.millrace.thrift.kerberos.KerberosClient;
import org.millrace.thrift.kerberos.KerberosKeys;
import org.millrace.tls.ClientTls;

/**
 * What a Thrift sink is set to.
 *
 * @param tls {@code ssl} and the other keys of TLS
 * @param kerberos {@code kerberos} and its other keys; of one sink, which closes it
 * @param batchEvents the most events in one transaction
 * @param maxInFlight transactions that may be unanswered at a time
 * @param maxCallBytes a call takes no more events beyond so many bytes; a single event may be larger
 * @param resetInterval age at which a connection is given up for a new one, so that a load balancer gets to choose again; zero: never
 */
record ThriftSinkSettings(
        String hostname,
        int port,
        Optional<ClientTls> tls,
        Optional<KerberosClient> kerberos,
        WireProtocol protocol,
        Duration connectTimeout,
        Duration requestTimeout,
        int batchEvents,
        int maxInFlight,
        int maxCallBytes,
        Duration resetInterval) {
    static final String BATCH_SIZE = "batch-size";

    /** The spelling that Flume's documentation has, and the one that Flume's code reads. */
    private static final String RESET_DOCUMENTED = "connection-reset-interval";

    private static final String RESET_READ = "reset-connection-interval";

    private static final int DEFAULT_BATCH_EVENTS = 100;
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(20);

    /** Flume takes the default for less. */
    private static final Duration LEAST_TIMEOUT = Duration.ofSeconds(1);

    static ThriftSinkSettings read(Settings settings) {
        settings.ignored("a Thrift sink has one connection, as in Flume", "maxConnections");
        return new ThriftSinkSettings(
                settings.host("hostname").about("the host of the next agent").required(),
                settings.integer("port", 1, 65_535)
                        .about("the port of its Thrift source")
                        .required(),
                Optional.ofNullable(TlsSettings.client(settings)),
                Optional.ofNullable(KerberosKeys.client(settings)),
                settings.oneOf("protocol", WireProtocol.class)
                        .about("how calls are encoded; the source must say the same")
                        .orElse(WireProtocol.COMPACT),
                readTimeout(settings, "connect-timeout", "how long to try to connect, in milliseconds"),
                readTimeout(settings, "request-timeout", "how long to wait for an answer, in milliseconds"),
                readBatchEvents(settings),
                settings.integer("max-in-flight", 1, 1024)
                        .about("batches that may be on their way without an answer")
                        .orElse(4),
                settings.integer("max-call-bytes", 1024, 1 << 29)
                        .about(
                                "a batch of more bytes is sent in several calls; Flume takes no call of more than 16384000")
                        .orElse(4 << 20),
                readResetInterval(settings));
    }

    private static Duration readTimeout(Settings settings, String key, String meaning) {
        Duration configured = settings.duration(key, ChronoUnit.MILLIS, Integer.MIN_VALUE, Integer.MAX_VALUE)
                .about(meaning)
                .orElse(DEFAULT_TIMEOUT);
        if (configured.compareTo(LEAST_TIMEOUT) >= 0) {
            return configured;
        }
        settings.note(
                key,
                configured.toMillis() + " means " + DEFAULT_TIMEOUT.toMillis() + ", as in Flume: it is less than 1000");
        return DEFAULT_TIMEOUT;
    }

    private static int readBatchEvents(Settings settings) {
        int configured = settings.integer(BATCH_SIZE, Integer.MIN_VALUE, Integer.MAX_VALUE)
                .goingOnWith(1)
                .about("the most events in a batch, and in a transaction; less than 1 means 100, as in Flume")
                .orElse(DEFAULT_BATCH_EVENTS);
        if (configured >= 1) {
            return configured;
        }
        settings.note(BATCH_SIZE, configured + " means " + DEFAULT_BATCH_EVENTS + ", as in Flume: it is less than 1");
        return DEFAULT_BATCH_EVENTS;
    }

    private static Duration readResetInterval(Settings settings) {
        Duration asDocumented = readInterval(settings, RESET_DOCUMENTED, "the same as " + RESET_READ);
        Duration asRead = readInterval(
                settings,
                RESET_READ,
                "the age in seconds at which a connection is given up for a new one, so that a load balancer may choose again; 0: never");
        if (settings.has(RESET_DOCUMENTED) && settings.has(RESET_READ) && !asRead.equals(asDocumented)) {
            settings.problem(RESET_DOCUMENTED, "not the same as " + RESET_READ + " (expected: one of the two)");
        }
        return settings.has(RESET_READ) ? asRead : asDocumented;
    }

    private static Duration readInterval(Settings settings, String key, String meaning) {
        return settings.duration(key, ChronoUnit.SECONDS, 0, Integer.MAX_VALUE)
                .about(meaning)
                .orElse(Duration.ZERO);
    }
}
