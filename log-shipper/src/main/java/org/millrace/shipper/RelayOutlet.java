package org.millrace.shipper;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.millrace.client.ConnectionSettings;
import org.millrace.client.EventLoops;
import org.millrace.client.RelayAddress;
import org.millrace.client.RelayConnection;
import org.millrace.codec.EventBatch;

/** One relay of several: the first that works, until it fails; then the next. */
final class RelayOutlet implements Outlet {
    private final List<RelayAddress> hosts;
    private final ConnectionSettings settings;
    private final EventLoops loops;
    private @Nullable RelayConnection connection;
    private int host;

    /** @param loops taken over */
    RelayOutlet(ShipperSettings settings, EventLoops loops) {
        this.hosts = settings.hosts();
        this.settings = settings.connection();
        this.loops = loops;
    }

    @Override
    public void send(EventBatch batch) throws IOException, InterruptedException {
        for (int tries = 1; ; tries++) {
            try {
                sendToCurrent(batch);
                return;
            } catch (IOException e) {
                disconnect();
                host = (host + 1) % hosts.size();
                if (tries == hosts.size()) {
                    throw e;
                }
            }
        }
    }

    private void sendToCurrent(EventBatch batch) throws IOException, InterruptedException {
        try {
            RelayConnection current = connection;
            if (current == null || !current.isOpen()) {
                disconnect();
                current = RelayConnection.connect(hosts.get(host), settings, loops)
                        .get();
                connection = current;
            }
            current.append(List.of(batch)).get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException known ? known : new IOException("cannot send", e.getCause());
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
        loops.close();
    }
}
