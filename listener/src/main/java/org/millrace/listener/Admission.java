package org.millrace.listener;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.group.ChannelGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

/** Lets a new connection in or turns it away. Thread-safe: any event loop. */
public final class Admission extends ChannelInitializer<Channel> {
    private final TcpSettings settings;
    private final ConnectionFigures figures;
    private final PeerLog log;
    private final ChannelGroup connections;
    private final NameLookups names;
    private final ConnectionBuilder builder;

    /** Builds what serves a connection, in wire order. */
    public interface ConnectionBuilder {
        /** On the connection's event loop, before anything is read. */
        void build(Channel connection);
    }

    /** @param connections gets each connection that is let in */
    Admission(
            TcpSettings settings,
            ConnectionFigures figures,
            PeerLog log,
            ChannelGroup connections,
            NameLookups names,
            ConnectionBuilder builder) {
        this.settings = settings;
        this.figures = figures;
        this.log = log;
        this.connections = connections;
        this.names = names;
        this.builder = builder;
    }

    @Override
    protected void initChannel(Channel connection) {
        if (connections.size() >= settings.maxConnections()) {
            figures.overMaxConnections();
            turnAway(connection, "maxConnections: " + settings.maxConnections() + " are open");
            return;
        }
        InetAddress peer = ((InetSocketAddress) connection.remoteAddress()).getAddress();
        switch (settings.filter().verdict(peer)) {
            case ALLOWED -> letIn(connection);
            case DENIED -> deny(connection);
            case NEEDS_NAME -> askForName(connection, peer);
        }
    }

    private void askForName(Channel connection, InetAddress peer) {
        connection.config().setAutoRead(false);
        try {
            CompletableFuture.supplyAsync(() -> settings.filter().allows(peer), names)
                    .thenAcceptAsync(
                            isAllowed -> {
                                if (isAllowed) {
                                    connection.config().setAutoRead(true);
                                    letIn(connection);
                                } else {
                                    deny(connection);
                                }
                            },
                            connection.eventLoop())
                    .exceptionally(failure -> {
                        turnAway(connection, "ipFilter: " + failure.getMessage());
                        return null;
                    });
        } catch (RejectedExecutionException e) {
            turnAway(connection, "ipFilter: too many names to look up at once");
        }
    }

    private void letIn(Channel connection) {
        if (!connection.isOpen()) { // gone while we asked for its name
            return;
        }
        connections.add(connection); // forgets it by itself once it is closed
        figures.opened();
        log.connected(connection);
        connection.closeFuture().addListener(closed -> {
            figures.closed();
            log.disconnected(connection);
        });
        builder.build(connection);
    }

    private void deny(Channel connection) {
        figures.deniedByFilter();
        turnAway(connection, "ipFilter");
    }

    private void turnAway(Channel connection, String why) {
        log.refused(connection, why);
        connection.close();
    }
}
