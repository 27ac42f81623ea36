package org.millrace.tls;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Says back what it hears through TLS, on a port of 127.0.0.1, and remembers what it was told of its peers. */
final class EchoServer implements AutoCloseable, TlsListener {
    /** Asks connections to leave. */
    static final Object LEAVE = new Object();

    final List<String> refusals = new CopyOnWriteArrayList<>();
    final List<String> reloads = new CopyOnWriteArrayList<>();
    final List<String> failedReloads = new CopyOnWriteArrayList<>();
    final List<Throwable> strays = new CopyOnWriteArrayList<>();
    final AtomicInteger secured = new AtomicInteger();
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Channel port;

    EchoServer(ServerTls tls) throws Exception {
        port = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel connection) {
                        connections.add(connection);
                        connection.pipeline().addLast("tls", tls.entrance(EchoServer.this, LEAVE, null));
                        connection.pipeline().addLast("echo", new Echo());
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
    }

    int port() {
        return ((InetSocketAddress) port.localAddress()).getPort();
    }

    int open() {
        return connections.size();
    }

    void leave() {
        connections.forEach(connection -> connection.pipeline().fireUserEventTriggered(LEAVE));
    }

    @Override
    public void secured(Channel peer) {
        secured.incrementAndGet();
    }

    @Override
    public void refused(Channel peer, String why) {
        refusals.add(why);
    }

    @Override
    public void reloaded(String files) {
        reloads.add(files);
    }

    @Override
    public void notReloaded(String why) {
        failedReloads.add(why);
    }

    @Override
    public void close() {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object bytes) {
            ctx.writeAndFlush(bytes);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            strays.add(cause);
            ctx.close();
        }
    }
}
