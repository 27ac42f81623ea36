package org.millrace.tls;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Stands where an accepted connection comes in, until its handshake is through. It looks at the first two bytes, to tell a peer that does not
 * speak TLS, and where compression stands; has changed stores read; and waits for its turn. Only then there is an engine, so that
 * who connects and says nothing costs next to nothing. All this and the handshake have the time limit together, from when we began to read
 * what comes first: while its owner reads nothing of the connection, such as for want of memory, no time passes.
 *
 * <p>While it waits nothing is read from the socket. The connection's event loop only.
 */
final class TlsEntrance extends ChannelDuplexHandler {
    private static final int SNIFFED_BYTES = 2;
    private static final int TLS_HANDSHAKE = 0x16;
    private static final int TLS_MAJOR_VERSION = 3;

    /** A peer's first flight is one record, of 16 KiB at the most; nobody says more before he is answered. */
    private static final int MOST_HELD_BYTES = 32 << 10;

    private final ServerTls tls;
    private final TlsListener listener;
    private final Object leaving;
    private final ServerTls.@Nullable Compression compression;
    private final Runnable turn = this::myTurn;

    private @Nullable ChannelHandlerContext context;
    private @Nullable ByteBuf held;
    private @Nullable Future<?> timer;
    private State state = State.LISTENING;
    private boolean isReadDue;

    private enum State {
        /** For the first bytes. */
        LISTENING,
        /** For stores to be read, or for its turn. */
        WAITING,
        /** It has a slot, and what follows it speaks TLS. */
        SHAKING_HANDS,
        /** Through, refused or gone. */
        OVER
    }

    TlsEntrance(ServerTls tls, TlsListener listener, Object leaving, ServerTls.@Nullable Compression compression) {
        this.tls = tls;
        this.listener = listener;
        this.leaving = leaving;
        this.compression = compression;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        startTime(ctx);
    }

    private void startTime(ChannelHandlerContext ctx) {
        if (timer != null) {
            timer.cancel(false);
        }
        timer = ctx.executor().schedule(this::timeOut, tls.handshakeTimeout().toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The peer did not answer for it: nothing was read meanwhile. */
    private boolean isTimeUp() {
        return timer == null || timer.isDone();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (timer != null) {
            timer.cancel(false);
        }
        if (held != null) {
            held.release();
            held = null;
        }
        over();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (state == State.SHAKING_HANDS) {
            ctx.fireChannelRead(message);
            return;
        }
        ByteBuf bytes = (ByteBuf) message;
        try {
            if (state != State.OVER) {
                hold(ctx, bytes);
            }
        } finally {
            bytes.release();
        }
    }

    /** A copy: what the socket reads into is larger than what a peer says first. */
    private void hold(ChannelHandlerContext ctx, ByteBuf bytes) {
        ByteBuf before = held;
        int all = bytes.readableBytes() + (before == null ? 0 : before.readableBytes());
        if (all > MOST_HELD_BYTES) {
            refuse(ctx, "the peer sent more than a handshake begins with");
            return;
        }
        ByteBuf now = before == null ? ctx.alloc().buffer(all) : before;
        held = now.writeBytes(bytes);
        if (state == State.LISTENING && now.readableBytes() >= SNIFFED_BYTES) {
            sniff(ctx, now.getUnsignedByte(0), now.getUnsignedByte(1));
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (state == State.SHAKING_HANDS) {
            ctx.fireChannelReadComplete();
        }
    }

    /** What the peer says while it has to wait stays in the socket. */
    @Override
    public void read(ChannelHandlerContext ctx) {
        if (state == State.WAITING) {
            isReadDue = true;
        } else {
            if (state == State.LISTENING && (held == null || isTimeUp())) {
                startTime(ctx);
            }
            ctx.read();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event.equals(leaving)) {
            ctx.close(); // a peer that has not shaken hands has nothing under way
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    private void sniff(ChannelHandlerContext ctx, int first, int second) {
        if (isTls(first, second) || isCompressed(first, second)) {
            state = State.WAITING;
            if (tls.isLookDue()) {
                TlsThreads.EXECUTOR.execute(this::refresh);
            } else {
                queue();
            }
        } else {
            refuse(ctx, TlsFailure.WITHOUT_TLS);
        }
    }

    private static boolean isTls(int first, int second) {
        return first == TLS_HANDSHAKE && second == TLS_MAJOR_VERSION;
    }

    private boolean isCompressed(int first, int second) {
        return compression != null && compression.isBegunBy(first, second);
    }

    /** A thread of TLS. */
    private void refresh() {
        try {
            tls.refresh(listener);
        } finally {
            onLoop(this::queue);
        }
    }

    private void queue() {
        if (state == State.WAITING && tls.slots().take(turn)) {
            begin();
        }
    }

    /** Any thread: a slot is ours. */
    private void myTurn() {
        try {
            context().executor().execute(() -> {
                if (state == State.WAITING) {
                    begin();
                } else {
                    tls.slots().giveBack(); // we have gone meanwhile
                }
            });
        } catch (RejectedExecutionException e) {
            tls.slots().giveBack(); // and so have our threads
        }
    }

    private void onLoop(Runnable task) {
        try {
            context().executor().execute(task);
        } catch (RejectedExecutionException e) {
            // the component has been closed, and with it the connection
        }
    }

    private void begin() {
        ChannelHandlerContext ctx = context();
        state = State.SHAKING_HANDS;
        ByteBuf first = held;
        held = null;
        if (first == null) {
            throw new IllegalStateException("nobody begins before the first bytes are here");
        }
        buildPipeline(ctx, isTls(first.getUnsignedByte(0), first.getUnsignedByte(1)));
        ctx.fireChannelRead(first);
        ctx.fireChannelReadComplete();
        if (isReadDue && state == State.SHAKING_HANDS) {
            ctx.read();
        }
    }

    private void buildPipeline(ChannelHandlerContext ctx, boolean isTlsOutermost) {
        ChannelPipeline pipeline = ctx.pipeline();
        SslHandler engine = new SslHandler(tls.newEngine(), false, TlsThreads.EXECUTOR);
        engine.setHandshakeTimeoutMillis(0); // the time has begun before
        engine.handshakeFuture().addListener(done -> handshaken(ctx, done));
        String before = ctx.name();
        if (compression != null && !isTlsOutermost) {
            before = compression.addTo(pipeline, before);
        }
        String guard = ctx.name() + "-guard";
        pipeline.addAfter(before, ctx.name() + "-engine", engine);
        pipeline.addAfter(ctx.name() + "-engine", guard, new TlsGuard(listener, engine, this::over));
        if (compression != null && isTlsOutermost) {
            compression.addTo(pipeline, guard);
        }
    }

    private void handshaken(ChannelHandlerContext ctx, Future<?> done) {
        if (state != State.SHAKING_HANDS) {
            return; // refused or gone
        }
        if (done.isSuccess()) {
            listener.secured(ctx.channel());
            ctx.pipeline().remove(this); // which gives the slot back
        } else {
            Throwable cause = done.cause();
            over();
            ctx.executor().execute(ctx::close); // behind the alert that tells the peer
            listener.refused(ctx.channel(), cause == null ? "the handshake was given up" : TlsFailure.inWords(cause));
        }
    }

    private void timeOut() {
        if (state == State.LISTENING && !context().channel().config().isAutoRead()) {
            return; // it is not the peer who keeps us waiting; the next read starts the time
        }
        if (state != State.OVER) {
            String done = state == State.WAITING ? " (too many at a time)" : "";
            refuse(
                    context(),
                    "no TLS handshake within " + tls.handshakeTimeout().toMillis() + " ms" + done);
        }
    }

    private void refuse(ChannelHandlerContext ctx, String why) {
        over();
        ctx.close();
        listener.refused(ctx.channel(), why);
    }

    /** Gives back what the state stands for. */
    private void over() {
        if (state == State.SHAKING_HANDS) {
            tls.slots().giveBack();
        } else if (state == State.WAITING) {
            tls.slots().leave(turn); // who is not in line notices by the state that we have gone
        }
        state = State.OVER;
    }

    private ChannelHandlerContext context() {
        if (context == null) {
            throw new IllegalStateException("not in a pipeline");
        }
        return context;
    }
}
