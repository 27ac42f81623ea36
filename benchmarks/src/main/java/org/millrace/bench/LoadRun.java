package org.millrace.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;

/** One run of a load: connects, warms up, measures, ends. All its connections share one event loop. */
final class LoadRun {
    /**
     * Events inside a hop: enough for every sink to be busy. Not more, in fairness to Flume: with 200,000 its collector copies them
     * over and over, and it reaches a fifth of what it does with these.
     */
    private static final long INSIDE_HOP = 20_000;

    private static final Duration FIRST_ARRIVAL = Duration.ofSeconds(20);
    private static final long STUCK_MILLIS = 200;
    private static final long STOP_SECONDS = 5;
    private static final Duration CALM_LOOK = Duration.ofMillis(300);
    private static final long CALM_CPU_NANOS = CALM_LOOK.toNanos() / 15;
    private static final int CALM_LOOKS = 60;

    private final Target target;
    private final Workload workload;
    private final Backlog backlog;
    private final LongSupplier arrived;
    private final long arrivedBefore;
    private final LoadPhase phase = new LoadPhase();
    private final EventLoopGroup group = Transport.group("load", 1);
    private final List<LoadConnection> connections = new ArrayList<>();

    LoadRun(Target target, Workload workload) {
        this.target = target;
        this.workload = workload;
        LongSupplier atTheEnd = target.arrived();
        this.arrived = atTheEnd == null ? () -> 0 : atTheEnd;
        this.arrivedBefore = arrived.getAsLong();
        boolean isBounded = atTheEnd != null && target.isQuickToAsk();
        this.backlog = isBounded ? new Backlog(arrived, INSIDE_HOP) : Backlog.unbounded();
    }

    /** Blocks for both times; throws {@link IllegalStateException} if a connection breaks. */
    LoadResult run(Duration warmUp, Duration measured) throws InterruptedException {
        RequestFrames frames = new RequestFrames(workload);
        try {
            for (int i = 0; i < workload.connections(); i++) {
                connect(new LoadConnection(workload, frames, backlog, phase));
            }
            awaitFirstArrival();
            TimeUnit.NANOSECONDS.sleep(warmUp.toNanos());
            long cpuBefore = target.cpuNanos().getAsLong();
            long arrivedAtStart = arrived.getAsLong();
            long start = System.nanoTime();
            phase.measure();
            TimeUnit.NANOSECONDS.sleep(measured.toNanos());
            phase.endMeasuring();
            double seconds = (System.nanoTime() - start) / 1e9;
            long arrivedMeanwhile = arrived.getAsLong() - arrivedAtStart;
            long cpu = target.cpuNanos().getAsLong() - cpuBefore;
            stop();
            if (target.arrived() != null) {
                awaitEmptyHop();
            }
            awaitCalm();
            return result(seconds, arrivedMeanwhile, cpu);
        } finally {
            stop();
            frames.release();
        }
    }

    /** What is still inside would be taken for events of the next run, and cost CPU time then. Waits as long as some come out. */
    private void awaitEmptyHop() throws InterruptedException {
        long before;
        do {
            before = arrived.getAsLong();
            TimeUnit.MILLISECONDS.sleep(STUCK_MILLIS);
        } while (!backlog.isEmpty() && arrived.getAsLong() > before);
    }

    /** So that a channel that is still being drained takes no CPU time and no disk from the next run. */
    private void awaitCalm() throws InterruptedException {
        for (int look = 0; look < CALM_LOOKS; look++) {
            long before = target.cpuNanos().getAsLong();
            TimeUnit.NANOSECONDS.sleep(CALM_LOOK.toNanos());
            if (target.cpuNanos().getAsLong() - before <= CALM_CPU_NANOS) {
                return;
            }
        }
    }

    private void connect(LoadConnection connection) throws InterruptedException {
        connections.add(connection);
        new Bootstrap()
                .group(group)
                .channel(Transport.client())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(64 << 20, 128 << 20))
                .option(ChannelOption.RECVBUF_ALLOCATOR, new AdaptiveRecvByteBufAllocator(512, 2048, 64 << 10))
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline().addLast("load", connection);
                    }
                })
                .connect(target.address())
                .sync();
    }

    /** Flume's sink sleeps up to 5 s when its channel was empty for a while; that is not what is measured. */
    private void awaitFirstArrival() throws InterruptedException {
        long deadline = System.nanoTime() + FIRST_ARRIVAL.toNanos();
        while (target.arrived() != null && arrived.getAsLong() == arrivedBefore) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("nothing came out of the hop within " + FIRST_ARRIVAL);
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    /** Twice if asked. Afterwards the connections' figures are at rest. */
    private void stop() throws InterruptedException {
        phase.stop();
        group.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS).await();
    }

    private LoadResult result(double seconds, long arrivedMeanwhile, long cpu) {
        Histogram latency = LoadConnection.emptyHistogram();
        long acked = 0;
        long failed = 0;
        for (LoadConnection connection : connections) {
            if (connection.broken != null) {
                throw new IllegalStateException("a connection broke", connection.broken);
            }
            latency.add(connection.latencyNanos);
            acked += connection.acked;
            failed += connection.failed;
        }
        return new LoadResult(seconds, target.arrived() == null ? acked : arrivedMeanwhile, failed, latency, cpu);
    }
}
