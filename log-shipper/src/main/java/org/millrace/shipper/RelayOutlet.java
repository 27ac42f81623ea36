package org.millrace.shipper;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.millrace.client.EventLoops;
import org.millrace.client.RelayAddress;
import org.millrace.client.RelayConnection;
import org.millrace.client.RelayException;
import org.millrace.codec.EventBatch;

/** One relay of several: the first that works, until it fails; then the next. */
final class RelayOutlet implements Outlet {
    private final List<RelayAddress> hosts;
    private final Dialer dialer;
    private final Runnable onClose;
    private @Nullable RelayConnection connection;
    private int host;

    /** Makes connections. */
    interface Dialer {
        /** @return completes as {@link RelayConnection#connect} says */
        CompletableFuture<RelayConnection> connect(RelayAddress host);
    }

    /** @param loops taken over */
    RelayOutlet(ShipperSettings settings, EventLoops loops) {
        this(settings.hosts(), host -> RelayConnection.connect(host, settings.connection(), loops), loops::close);
    }

    RelayOutlet(List<RelayAddress> hosts, Dialer dialer, Runnable onClose) {
        this.hosts = hosts;
        this.dialer = dialer;
        this.onClose = onClose;
    }

    @Override
    public void send(EventBatch batch) throws IOException, InterruptedException {
        List<IOException> failures = new ArrayList<>();
        while (failures.size() < hosts.size()) {
            try {
                sendToCurrent(batch);
                return;
            } catch (IOException e) {
                failures.add(e);
                disconnect();
                host = (host + 1) % hosts.size();
            }
        }
        throw mostTelling(failures);
    }

    /**
     * A host that could be reached and did not take the batch, if there was one; otherwise the last. A host that is away does not count: with
     * it, an event that the others never take would be tried until it is back, and hold up all behind it.
     */
    private static IOException mostTelling(List<IOException> failures) {
        return failures.stream()
                .filter(RefusedException.class::isInstance)
                .findFirst()
                .orElse(failures.get(failures.size() - 1));
    }

    /**
     * A connection that was kept may have been closed by the peer in the meantime, as by a restart, which says nothing about the batch. What
     * counts is how it fares with a new one.
     */
    private void sendToCurrent(EventBatch batch) throws IOException, InterruptedException {
        RelayConnection kept = connection;
        if (kept != null && kept.isOpen()) {
            try {
                kept.append(List.of(batch)).get();
                return;
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RelayException answer && answer.isRefusal()) {
                    throw new RefusedException(answer);
                }
            }
        }
        disconnect();
        RelayConnection fresh = dial();
        connection = fresh;
        try {
            fresh.append(List.of(batch)).get();
        } catch (ExecutionException e) {
            throw new RefusedException(e.getCause());
        }
    }

    /** Whoever gives up waiting for a connection does not want the one that may come yet. */
    private RelayConnection dial() throws IOException, InterruptedException {
        CompletableFuture<RelayConnection> connecting = dialer.connect(hosts.get(host));
        try {
            return connecting.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException known ? known : new IOException("cannot connect", e.getCause());
        } catch (InterruptedException e) {
            connecting.thenAccept(RelayConnection::close);
            throw e;
        }
    }

    private void disconnect() {
        RelayConnection closing = connection;
        if (closing != null) {
            connection = null;
            closing.close();
        }
    }

    @Override
    public void close() {
        disconnect();
        onClose.run();
    }
}
