package org.millrace.client;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * The threads that connections run on; many connections share few of them. They are daemons and begin with the first connection. Beside
 * them there is a thread for each host name that is being looked up.
 *
 * <p>Who makes one with {@link #ofThreads} closes it, after its connections. The {@link #shared} one belongs to the process and
 * is never closed.
 */
public final class EventLoops implements AutoCloseable {
    private static final int SHARED_THREADS =
            Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors() / 2));

    private final EventLoopGroup group;
    private final Class<? extends SocketChannel> socketType;
    private final Names names;
    /** What would wait for ever once the threads have ended. */
    private final Set<Runnable> closers = ConcurrentHashMap.newKeySet();

    private volatile boolean closed;

    private EventLoops(int threads, ThreadFactory factory) {
        boolean epoll = Epoll.isAvailable();
        IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        this.group = new MultiThreadIoEventLoopGroup(threads, factory, io);
        this.socketType = epoll ? EpollSocketChannel.class : NioSocketChannel.class;
        this.names = new Names(InetAddress::getAllByName, factory);
    }

    /** The process's own, up to four threads. */
    public static EventLoops shared() {
        return Shared.INSTANCE;
    }

    /** A set of its own. */
    public static EventLoops ofThreads(int threads) {
        return ofThreads(threads, new DefaultThreadFactory("relay-client", true));
    }

    /**
     * A set of its own, on threads that the caller makes: daemons, unless they are to hold the process up.
     *
     * @param factory of those that look names up, too
     */
    public static EventLoops ofThreads(int threads, ThreadFactory factory) {
        return new EventLoops(threads, factory);
    }

    /** True if the calling thread is one of them: it must not wait for an answer, which is for it to bring. */
    boolean isOwnThread() {
        for (EventExecutor loop : group) {
            if (loop.inEventLoop()) {
                return true;
            }
        }
        return false;
    }

    /** The threads as executors, one each, for who wants to look at them from inside. What runs there must not block. */
    public List<Executor> executors() {
        List<Executor> executors = new ArrayList<>();
        group.forEach(executors::add);
        return List.copyOf(executors);
    }

    EventLoopGroup group() {
        return group;
    }

    Class<? extends SocketChannel> socketType() {
        return socketType;
    }

    Names names() {
        return names;
    }

    /** Has something run when they are closed; at once if they are. It may run twice. */
    void onClose(Runnable closer) {
        closers.add(closer);
        if (closed) {
            closer.run();
        }
    }

    /** Has it not run any more. */
    void forget(Runnable closer) {
        closers.remove(closer);
    }

    /** Ends the threads; connections that are still open are cut, those that are being made fail. Returns at once. */
    @Override
    public void close() {
        if (this == Shared.INSTANCE) {
            throw new IllegalStateException("the shared event loops belong to the process (expected: never closed)");
        }
        closed = true;
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS);
        names.close();
        closers.forEach(Runnable::run);
    }

    private static final class Shared {
        static final EventLoops INSTANCE =
                new EventLoops(SHARED_THREADS, new DefaultThreadFactory("relay-client-shared", true));
    }
}
