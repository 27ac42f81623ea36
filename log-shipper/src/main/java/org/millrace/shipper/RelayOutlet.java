package org.millrace.shipper;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.millrace.client.ConnectionSettings;
import org.millrace.client.EventLoops;
import org.millrace.client.RelayAddress;
import org.millrace.client.RelayConnection;
import org.millrace.client.RelayException;
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

    /** An answer, if there was one; otherwise the last. */
    private static IOException mostTelling(List<IOException> failures) {
        return failures.stream()
                .filter(RefusedException.class::isInstance)
                .findFirst()
                .orElse(failures.get(failures.size() - 1));
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
            throw inWords(e.getCause());
        }
    }

    private static IOException inWords(@Nullable Throwable cause) {
        if (cause instanceof RelayException answer && answer.isRefusal()) {
            return new RefusedException(answer);
        }
        return cause instanceof IOException known ? known : new IOException("cannot send", cause);
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
