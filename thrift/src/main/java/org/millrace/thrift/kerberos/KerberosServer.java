package org.millrace.thrift.kerberos;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import javax.security.auth.Subject;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.LoginException;
import javax.security.sasl.AuthorizeCallback;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslException;
import javax.security.sasl.SaslServer;
import org.jspecify.annotations.Nullable;

/**
 * Whom a source is, and how it finds out who its peers are. Thread-safe.
 *
 * <p>Nothing of this is for an event loop: the JDK looks for a changed keytab before it reads a ticket, and asks the name service for the
 * host that the source is named after.
 */
public final class KerberosServer {
    /** Both ends are authenticated, and what follows is neither signed nor encrypted: as with Flume. */
    static final Map<String, String> AUTHENTICATION_ONLY = Map.of(Sasl.QOP, "auth");

    private final ServiceName name;
    private final Keytab keytab;
    private final Duration timeout;

    KerberosServer(ServiceName name, Keytab keytab, Duration timeout) {
        this.name = name;
        this.keytab = keytab;
        this.timeout = timeout;
    }

    /** How long a peer may take from its connecting to the end of the handshake. */
    Duration timeout() {
        return timeout;
    }

    /** What peers are to have a ticket for. */
    ServiceName name() {
        return name;
    }

    /**
     * The source with its keys. Does not ask the KDC, which a source does not need.
     *
     * @throws KerberosException if it could not authenticate anybody
     */
    Subject logIn() throws KerberosException {
        try {
            Subject subject = keytab.withKeys();
            Keytab.as(subject, this::newExchange).dispose();
            return subject;
        } catch (LoginException | SaslException e) {
            throw KerberosFailure.of("agent-principal: " + keytab.principal().getName() + " with " + keytab.file(), e);
        }
    }

    /** For one peer; as the source. */
    SaslServer newExchange() throws SaslException {
        SaslServer exchange = Sasl.createSaslServer(
                SaslMessage.MECHANISM, name.service(), name.host(), AUTHENTICATION_ONLY, KerberosServer::authorize);
        if (exchange == null) {
            throw new SaslException("this JDK has no " + SaslMessage.MECHANISM);
        }
        return exchange;
    }

    /** Whoever has a ticket may send, as himself. */
    private static void authorize(@Nullable Callback[] callbacks) throws IOException, UnsupportedCallbackException {
        for (Callback callback : callbacks) {
            if (!(callback instanceof AuthorizeCallback asked)) {
                throw new UnsupportedCallbackException(callback);
            }
            asked.setAuthorized(asked.getAuthenticationID().equals(asked.getAuthorizationID()));
        }
    }
}
