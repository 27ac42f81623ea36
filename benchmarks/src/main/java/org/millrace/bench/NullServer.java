package org.millrace.bench;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The least that an Avro source can do: find frames, answer OK. What it reaches is what the machine allows. Also the end of a relay
 * hop, where it counts the events that arrive.
 */
final class NullServer implements AutoCloseable {
    private final LongAdder events = new LongAdder();
    private final EventLoopGroup group;
    private final Channel listener;

    /**
     * @param port 0 for a free one
     * @param threads event loops
     */
    NullServer(int port, int threads) throws InterruptedException {
        this(port, threads, null);
    }

    private NullServer(int port, int threads, @Nullable ForcedAcks acks) throws InterruptedException {
        group = Transport.group("null-server", threads);
        listener = new ServerBootstrap()
                .group(group)
                .channel(Transport.server())
                .option(ChannelOption.SO_BACKLOG, 1024)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(
                        ChannelOption.RECVBUF_ALLOCATOR, new AdaptiveRecvByteBufAllocator(2048, 64 << 10, 256 << 10))
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel connection) {
                        connection.pipeline().addLast("null", new NullServerHandler(events, acks));
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), port)
                .sync()
                .channel();
    }

    /** As a process of its own, on the port given, with one event loop; with a directory, answers wait for the disk. Runs until told to stop. */
    public static void main(String[] args) throws IOException, InterruptedException {
        int port = Integer.parseInt(args[0]);
        if (args.length == 1) {
            run(port, null);
        } else {
            try (ForcedAcks acks = new ForcedAcks(Path.of(args[1]))) {
                run(port, acks);
            }
        }
    }

    private static void run(int port, @Nullable ForcedAcks acks) throws InterruptedException {
        try (NullServer server = new NullServer(port, 1, acks)) {
            server.listener.closeFuture().await();
        }
    }

    int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /** Events that have arrived so far. */
    long events() {
        return events.sum();
    }

    @Override
    public void close() {
        group.shutdownGracefully();
    }
}
