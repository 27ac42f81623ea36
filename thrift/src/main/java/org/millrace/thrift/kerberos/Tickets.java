package org.millrace.thrift.kerberos;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.security.auth.Subject;
import javax.security.auth.kerberos.KerberosTicket;
import javax.security.auth.login.LoginException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ticket by which a sink asks for those of services: got with its keytab, and a new one well before it ends, by a thread of its own; so a
 * KDC that hangs holds up nobody while a ticket lasts. Thread-safe.
 */
final class Tickets {
    private static final Logger LOG = LoggerFactory.getLogger(KerberosClient.class);

    /** A new one is asked for when so much of the time of the old one is over, as Hadoop does. */
    private static final double USED = 0.8;

    private static final long LEAST_PAUSE_MILLIS = 500;
    private static final long LONGEST_PAUSE_MILLIS = 60_000;

    private final String sink;
    private final Keytab keytab;
    private final ScheduledExecutorService threads;

    private volatile @Nullable Subject current;

    /** The next renewal. */
    private @Nullable Future<?> renewal;

    Tickets(String sink, Keytab keytab, ScheduledExecutorService threads) {
        this.sink = sink;
        this.keytab = keytab;
        this.threads = threads;
    }

    /** The sink with a ticket that is good now. Asks the KDC if there is none, and waits for it. */
    Subject get() throws KerberosException {
        Subject now = current;
        return now != null && isGood(now) ? now : logIn();
    }

    /** The KDC does not take the ticket any more, whatever its time is: the next one who asks gets a new one. */
    void forget() {
        current = null;
    }

    private Subject logIn() throws KerberosException {
        try {
            Subject subject = keytab.loggedIn();
            boolean isFirst = current == null;
            current = subject;
            renewAfter(pauseUntilDue(subject));
            if (isFirst) {
                LOG.info(
                        "sink {}: logged in as {} until {}",
                        sink,
                        keytab.principal().getName(),
                        ticket(subject)
                                .map(ticket -> ticket.getEndTime().toInstant())
                                .orElse(null));
            }
            return subject;
        } catch (LoginException e) {
            throw KerberosFailure.of(
                    "client-principal: log in as " + keytab.principal().getName() + " with " + keytab.file(), e);
        }
    }

    private synchronized void renewAfter(long millis) {
        if (renewal != null) {
            renewal.cancel(false); // there is one at a time, whoever asked for a ticket
        }
        renewal = threads.schedule(this::renew, millis, TimeUnit.MILLISECONDS);
    }

    /** One of the threads. Once a ticket has ended, whoever needs one asks for it. */
    private void renew() {
        Subject old = current;
        if (old == null || !isGood(old)) {
            return;
        }
        try {
            logIn();
        } catch (KerberosException e) {
            LOG.warn("sink {}: no new ticket yet, trying again: {}", sink, e.getMessage());
            renewAfter(Math.max(LEAST_PAUSE_MILLIS, Math.min(LONGEST_PAUSE_MILLIS, millisLeft(old) / 4)));
        }
    }

    private static long pauseUntilDue(Subject subject) {
        return Math.max(LEAST_PAUSE_MILLIS, (long) (millisLeft(subject) * USED));
    }

    private static long millisLeft(Subject subject) {
        return ticket(subject)
                .map(ticket -> Duration.between(
                                Instant.now(), ticket.getEndTime().toInstant())
                        .toMillis())
                .orElse(0L);
    }

    private static boolean isGood(Subject subject) {
        return ticket(subject).filter(KerberosTicket::isCurrent).isPresent();
    }

    /** That for the KDC itself; those for services come beside it. */
    private static Optional<KerberosTicket> ticket(Subject subject) {
        return subject.getPrivateCredentials(KerberosTicket.class).stream()
                .filter(ticket -> ticket.getServer().getName().startsWith("krbtgt/"))
                .findFirst();
    }
}
