package org.millrace.thrift;

import java.io.IOException;
import java.io.InterruptedIOException;
import org.jspecify.annotations.Nullable;
import org.millrace.api.DeliveryException;
import org.millrace.api.SinkContext;
import org.millrace.thrift.kerberos.KerberosException;
import org.millrace.tls.ClientTls;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sink's connection to its peer, made when it is needed and given up when it is old. The sink's thread only, but for {@link #isOpen}. */
final class PeerLink {
    private static final Logger LOG = LoggerFactory.getLogger(ThriftSink.class);

    private final SinkContext context;
    private final ThriftSinkSettings settings;

    private volatile @Nullable PeerConnection connection;

    PeerLink(SinkContext context, ThriftSinkSettings settings) {
        this.context = context;
        this.settings = settings;
    }

    /** Any thread. */
    boolean isOpen() {
        return connection != null;
    }

    /** The connection that there is. */
    PeerConnection connected() throws IOException {
        PeerConnection open = connection;
        if (open == null) {
            throw new IOException("the connection is closed");
        }
        return open;
    }

    /** The connection, a new one if there is none. */
    PeerConnection connect() throws DeliveryException, InterruptedException {
        PeerConnection open = connection;
        if (open != null) {
            return open;
        }
        try {
            settings.tls().ifPresent(ClientTls::refresh);
            open = PeerConnection.open(
                    settings.hostname(),
                    settings.port(),
                    settings.tls().orElse(null),
                    settings.kerberos().orElse(null),
                    settings.connectTimeout());
        } catch (IOException e) {
            context.metrics().connectionsFailed.inc();
            throw failure("no connection to " + this + why(e), e);
        }
        connection = open;
        context.metrics().connectionsCreated.inc();
        return open;
    }

    /** Of TLS and Kerberos in words; of the rest the cause speaks. */
    private String why(IOException failure) {
        if (failure instanceof KerberosException) {
            return ": Kerberos: " + failure.getMessage();
        }
        return settings.tls()
                .filter(tls -> ClientTls.isTlsFailure(failure))
                .map(tls -> ": " + tls.inWords(failure))
                .orElse("");
    }

    /** What a sink is to throw; an interrupt if that was the cause. */
    DeliveryException failure(String message, Exception why) throws InterruptedException {
        if (why instanceof InterruptedIOException && Thread.interrupted()) { // a time-out is one of these to Java, too
            throw new InterruptedException(message);
        }
        return new DeliveryException(message, why);
    }

    /** True once it is so old that it is to be given up for a new one. */
    boolean isResetDue() {
        PeerConnection open = connection;
        return open != null
                && !settings.resetInterval().isZero()
                && open.age().compareTo(settings.resetInterval()) >= 0;
    }

    void close() {
        PeerConnection open = connection;
        if (open == null) {
            return;
        }
        connection = null;
        try {
            open.close();
        } catch (IOException e) {
            LOG.debug("sink {}: closing the connection", context.name(), e);
        }
        context.metrics().connectionsClosed.inc();
    }

    @Override
    public String toString() {
        return settings.hostname() + ":" + settings.port();
    }
}
