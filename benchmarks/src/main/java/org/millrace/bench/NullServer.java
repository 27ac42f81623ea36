package org.millrace.bench;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.LongAdder;

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
                        connection.pipeline().addLast("null", new NullServerHandler(events));
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), port)
                .sync()
                .channel();
    }

    /** As a process of its own, on the port given, with one event loop. Runs until it is told to stop. */
    public static void main(String[] args) throws InterruptedException {
        try (NullServer server = new NullServer(Integer.parseInt(args[0]), 1)) {
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
