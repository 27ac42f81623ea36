package org.millrace.listener;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;

/** How this machine does sockets best. */
public enum Transport {
    EPOLL(EpollServerSocketChannel.class, EpollDatagramChannel.class),
    NIO(NioServerSocketChannel.class, NioDatagramChannel.class);

    private final Class<? extends ServerChannel> acceptor;
    private final Class<? extends DatagramChannel> datagrams;

    Transport(Class<? extends ServerChannel> acceptor, Class<? extends DatagramChannel> datagrams) {
        this.acceptor = acceptor;
        this.datagrams = datagrams;
    }

    /** Epoll on Linux, where Netty's native library loads. */
    public static Transport best() {
        return Epoll.isAvailable() ? EPOLL : NIO;
    }

    /**
     * One that reads nothing while it is told not to. Epoll reads all that there is once a peer has said that this was all, however full
     * we are.
     */
    public static Transport pausable() {
        return NIO;
    }

    Class<? extends ServerChannel> acceptor() {
        return acceptor;
    }

    Class<? extends DatagramChannel> datagrams() {
        return datagrams;
    }

    /** Event loops on threads of their own. The caller shuts them down. */
    EventLoopGroup newGroup(String threadName, int threads) {
        IoHandlerFactory handlers = switch (this) {
            case EPOLL -> EpollIoHandler.newFactory();
            case NIO -> NioIoHandler.newFactory();
        };
        return new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory(threadName, true), handlers);
    }
}
