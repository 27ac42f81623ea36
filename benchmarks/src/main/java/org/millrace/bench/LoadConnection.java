package org.millrace.bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** One connection of a {@link LoadGenerator}. All state belongs to its event loop; figures may be read once that has stopped. */
final class LoadConnection extends ChannelInboundHandlerAdapter {
    private static final int LAST_TWO_OF_OK = 0; // no error, status OK
    private static final long PAUSE_MICROS = 300;
    private static final long SLOWEST_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Workload workload;
    private final RequestFrames frames;
    private final Backlog backlog;
    private final LoadPhase phase;

    final Histogram latencyNanos = emptyHistogram();
    long acked;
    long failed;

    @Nullable
    Throwable broken;

    private final long[] sentAt;
    private final ArrayDeque<Integer> idlePlaces = new ArrayDeque<>();
    private final FrameWalker walker = new FrameWalker() {
        @Override
        void frame(int serial, byte[] head, int headBytes, int lastTwo) {
            answered(serial, lastTwo);
        }
    };
    private @Nullable ChannelHandlerContext connection;
    private boolean isGreeted;
    private boolean isPaused;

    LoadConnection(Workload workload, RequestFrames frames, Backlog backlog, LoadPhase phase) {
        this.workload = workload;
        this.frames = frames;
        this.backlog = backlog;
        this.phase = phase;
        this.sentAt = new long[workload.inFlight()];
    }

    /** Of nanoseconds up to a minute, to two digits. */
    static Histogram emptyHistogram() {
        return new Histogram(SLOWEST_NANOS, 2);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        connection = ctx;
        idlePlaces.add(0);
        sendIdle();
        ctx.flush();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        walker.walk(in);
        in.release();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        sendIdle();
        ctx.flush();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (phase.isRunning() && broken == null) {
            broken = new IllegalStateException("the server closed a connection");
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (phase.isRunning()) {
            broken = cause;
        }
        ctx.close();
    }

    private void answered(int place, int lastTwo) {
        boolean isOk = lastTwo == LAST_TWO_OF_OK;
        if (!isOk) {
            backlog.refused(workload.batchEvents());
        }
        if (phase.isMeasured()) {
            latencyNanos.recordValue(Math.min(System.nanoTime() - sentAt[place], SLOWEST_NANOS));
            if (isOk) {
                acked += workload.batchEvents();
            } else {
                failed += workload.batchEvents();
            }
        }
        idlePlaces.add(place);
        if (!isGreeted) { // from now on requests may overtake each other
            isGreeted = true;
            for (int other = 1; other < sentAt.length; other++) {
                idlePlaces.add(other);
            }
        }
    }

    private void sendIdle() {
        ChannelHandlerContext ctx = connection;
        if (ctx == null) {
            return;
        }
        while (!idlePlaces.isEmpty() && phase.isRunning()) {
            if (!backlog.admit(workload.batchEvents())) {
                pause(ctx);
                return;
            }
            int place = idlePlaces.remove();
            sentAt[place] = System.nanoTime();
            ctx.write(isGreeted ? frames.next(place) : frames.first(), ctx.voidPromise());
        }
    }

    private void pause(ChannelHandlerContext ctx) {
        if (!isPaused) {
            isPaused = true;
            ctx.executor()
                    .schedule(
                            () -> {
                                isPaused = false;
                                sendIdle();
                                ctx.flush();
                            },
                            PAUSE_MICROS,
                            TimeUnit.MICROSECONDS);
        }
    }
}
