package org.millrace.client;

import java.util.concurrent.CompletableFuture;

/** Makes connections that are alike. Thread-safe. */
record Connections(ConnectionSettings settings, EventLoops loops) implements Link.Maker {
    @Override
    public CompletableFuture<Link> connect(RelayAddress host) {
        return RelayConnection.connect(host, settings, loops).thenApply(connection -> connection);
    }
}
