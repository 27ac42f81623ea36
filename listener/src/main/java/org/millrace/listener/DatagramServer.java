package org.millrace.listener;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.millrace.api.SourceContext;
import org.millrace.api.StartException;
import org.slf4j.Logger;

/** The port of a source that takes datagrams, and the one thread that serves it. {@link #start} and {@link #close} are called by one thread. */
public final class DatagramServer {
    /** The longest there is, with room to spare. */
    private static final int MAX_DATAGRAM_BYTES = 65_536;

    private static final Duration DRAIN_TIME = Duration.ofSeconds(10);

    private final SourceContext context;
    private final Logger log;
    private final PendingBytes pending;
    private final Transport transport;

    private @Nullable EventLoopGroup eventLoop;
    private @Nullable Channel port;
    private @Nullable NameLookups names;

    /**
     * @param log of the source
     * @param pending what was taken in and is to be stored before the thread ends
     */
    public DatagramServer(SourceContext context, Logger log, PendingBytes pending, Transport transport) {
        this.context = context;
        this.log = log;
        this.pending = pending;
        this.transport = transport;
    }

    /** Makes what serves the port. */
    public interface PortHandler {
        /** @param names looks up names of peers */
        ChannelHandler handler(Channel port, NameLookups names);
    }

    /**
     * Listens.
     *
     * @param protocol for the log: e.g. {@code syslogudp}
     */
    public void start(String protocol, DatagramSettings settings, PortHandler maker) throws StartException {
        EventLoopGroup group = transport.newGroup("source-" + context.name(), 1);
        eventLoop = group;
        NameLookups lookups = NameLookups.ofSystem(context.name(), context.clock());
        names = lookups;
        Bootstrap bootstrap = new Bootstrap()
                .group(group)
                .channel(transport.datagrams())
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(MAX_DATAGRAM_BYTES))
                .handler(new PortSetup(maker, lookups));
        if (settings.receiveBufferBytes() > 0) {
            bootstrap.option(ChannelOption.SO_RCVBUF, settings.receiveBufferBytes());
        }
        try {
            port = Addresses.bind(bootstrap, context.name(), settings.host(), settings.port());
        } catch (StartException e) {
            close();
            throw e;
        }
        context.metrics().started(context.clock().instant());
        log.info(
                "source {}: {} on {}:{} ({})",
                context.name(),
                protocol,
                settings.host().isEmpty() ? "*" : settings.host(),
                boundAddress().getPort(),
                transport);
    }

    /** Where it listens, also when the port was left to the system; to be asked after {@link #start}. */
    public InetSocketAddress boundAddress() {
        if (port == null) {
            throw new IllegalStateException("source " + context.name() + " is not started");
        }
        return (InetSocketAddress) port.localAddress();
    }

    /** Closes the port, has what came stored, and ends the thread. Does nothing when called again. */
    public void close() {
        if (port != null) {
            port.close().awaitUninterruptibly();
            port = null;
            pending.awaitNone(DRAIN_TIME);
            context.metrics().stopped(context.clock().instant());
            log.info("source {}: stopped", context.name());
        }
        if (names != null) {
            names.close();
            names = null;
        }
        TcpServer.shutDown(eventLoop);
        eventLoop = null;
    }
}
