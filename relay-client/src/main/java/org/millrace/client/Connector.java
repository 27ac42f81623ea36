package org.millrace.client;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.millrace.client.ConnectionSettings.CompressionLayer;
import org.millrace.codec.CodecLimits;
import org.millrace.codec.compress.DeflateHandler;
import org.millrace.codec.compress.InflateHandler;
import org.millrace.codec.frame.AvroFrameDecoder;
import org.millrace.codec.frame.ReceiveBudget;
import org.millrace.codec.rpc.RequestEncoder;
import org.millrace.tls.ClientTls;

/** Makes one connection: looks a name up, tries its addresses one after another, and builds the pipeline of the one that accepts. */
final class Connector {
    /** An answer is a few bytes, or an error's text. */
    private static final int MAX_ANSWER_BYTES = 1 << 20;

    private static final CodecLimits ANSWER_LIMITS = new CodecLimits(MAX_ANSWER_BYTES, 1024, 1, 1, 250);

    private static final String CLOSED = "the event loops are closed";

    private static final WriteBufferWaterMark WRITE_MARKS = new WriteBufferWaterMark(1 << 20, 4 << 20);

    private final RelayAddress peer;
    private final ConnectionSettings settings;
    private final EventLoops loops;
    private final Names names;
    private final CompletableFuture<RelayConnection> connected = new CompletableFuture<>();
    /** What is being done. */
    private volatile String step = "find the name's addresses";

    private int addressesLeft;

    Connector(RelayAddress peer, ConnectionSettings settings, EventLoops loops, Names names) {
        this.peer = peer;
        this.settings = settings;
        this.loops = loops;
        this.names = names;
    }

    CompletableFuture<RelayConnection> connect() {
        Future<?> timer;
        try {
            timer = loops.group()
                    .schedule(this::notBegunInTime, settings.connectTimeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(new RelayException(peer, CLOSED, e));
        }
        Runnable closer = () -> connected.completeExceptionally(new RelayException(peer, CLOSED));
        loops.onClose(closer); // which cancels the timer, and may drop what else would tell
        connected.whenComplete((connection, failure) -> {
            timer.cancel(false);
            loops.forget(closer);
        });
        names.find(peer.host(), new Begin(timer));
        return connected;
    }

    /** The look-up goes on: it cannot be broken off. */
    private void notBegunInTime() {
        long millis = settings.connectTimeout().toMillis();
        connected.completeExceptionally(new RelayException(peer, "did not " + step + " within " + millis + " ms"));
    }

    /** Goes on when the name is found. */
    private final class Begin implements Names.Asker {
        private final Future<?> timer;
        private final long startNanos = nanoTime();

        Begin(Future<?> timer) {
            this.timer = timer;
        }

        @Override
        public void found(List<InetAddress> addresses) {
            try {
                begin(addresses);
            } catch (RuntimeException | Error e) { // nobody else would hear of it
                connected.completeExceptionally(new RelayException(peer, "cannot " + step + ": " + e, e));
            }
        }

        private void begin(List<InetAddress> addresses) {
            step = "read the keys of TLS";
            settings.tls().ifPresent(ClientTls::refresh);
            step = "connect";
            timer.cancel(false);
            if (!connected.isDone()) {
                addressesLeft = addresses.size();
                tryNext(addresses.iterator(), startNanos);
            }
        }

        @Override
        public void notFound(Throwable why) {
            String reason =
                    why instanceof UnknownHostException ? "the name has no address" : "cannot look the name up: " + why;
            connected.completeExceptionally(new RelayException(peer, reason, why));
        }
    }

    private void tryNext(Iterator<InetAddress> addresses, long startNanos) {
        InetSocketAddress address = new InetSocketAddress(addresses.next(), peer.port());
        int millis = attemptMillis(startNanos);
        addressesLeft--;
        attempt(address, millis).whenComplete((connection, failure) -> {
            if (connection != null) {
                if (!connected.complete(connection)) {
                    connection.close(); // the time is up, or the loops are closed
                }
            } else if (addresses.hasNext()) {
                tryNext(addresses, startNanos);
            } else {
                connected.completeExceptionally(
                        new RelayException(peer, "cannot connect: " + settings.inWords(failure), failure));
            }
        });
    }

    private CompletableFuture<RelayConnection> attempt(InetSocketAddress address, int millis) {
        try {
            return new Attempt(millis).start(address);
        } catch (RuntimeException | Error e) { // no thread for its loop, say
            return CompletableFuture.failedFuture(e);
        }
    }

    /** An equal share of the time that is left for each address that is left, so that together they keep to the time-out. */
    private int attemptMillis(long startNanos) {
        Duration spent = Duration.ofNanos(nanoTime() - startNanos);
        long left = settings.connectTimeout().minus(spent).toMillis() / addressesLeft;
        return (int) Math.max(1, Math.min(left, Integer.MAX_VALUE));
    }

    private long nanoTime() {
        return loops.group().next().ticker().nanoTime();
    }

    /** With one address: to be accepted and, with TLS, to shake hands. */
    private final class Attempt {
        private final int millis;
        private final long startNanos = nanoTime();
        private final AtomicInteger serials = new AtomicInteger();
        private final ByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
        private final RequestEncoder encoder = new RequestEncoder(allocator);
        private final CallHandler calls = new CallHandler(peer, settings, encoder, serials::incrementAndGet);
        private final @Nullable SslHandler tls;
        private final CompletableFuture<RelayConnection> done = new CompletableFuture<>();

        /** @param millis for all of it */
        Attempt(int millis) {
            this.millis = millis;
            this.tls = settings.tls()
                    .map(on -> on.newHandler(peer.host(), peer.port(), Duration.ofMillis(millis)))
                    .orElse(null);
        }

        CompletableFuture<RelayConnection> start(InetSocketAddress address) {
            ChannelFuture accepting = new Bootstrap()
                    .group(loops.group())
                    .channel(loops.socketType())
                    .option(ChannelOption.ALLOCATOR, allocator)
                    .option(ChannelOption.TCP_NODELAY, true)
                    .option(ChannelOption.SO_KEEPALIVE, true)
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, millis)
                    .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WRITE_MARKS)
                    .handler(new ChannelInitializer<>() {
                        @Override
                        protected void initChannel(Channel connection) {
                            buildPipeline(connection.pipeline());
                        }
                    })
                    .connect(address);
            accepting.addListener(accepted -> {
                if (tls == null || !accepted.isSuccess()) {
                    complete(accepted, accepting.channel());
                } else {
                    long spent = TimeUnit.NANOSECONDS.toMillis(nanoTime() - startNanos);
                    tls.setHandshakeTimeoutMillis(Math.max(1, millis - spent));
                    tls.handshakeFuture().addListener(shaken -> complete(shaken, accepting.channel()));
                }
            });
            return done;
        }

        private void complete(Future<?> result, Channel connection) {
            if (result.isSuccess()) {
                done.complete(new RelayConnection(peer, connection, encoder, calls, serials));
            } else {
                done.completeExceptionally(result.cause());
            }
        }

        /** Wire side first. */
        private void buildPipeline(ChannelPipeline pipeline) {
            boolean isTlsInside = settings.compressionLayer() == CompressionLayer.OUTSIDE_TLS;
            if (tls != null && !isTlsInside) {
                pipeline.addLast("tls", tls);
            }
            settings.deflateLevel().ifPresent(level -> {
                pipeline.addLast("inflate", new InflateHandler(ANSWER_LIMITS));
                pipeline.addLast("deflate", new DeflateHandler(level));
            });
            if (tls != null && isTlsInside) {
                pipeline.addLast("tls", tls);
            }
            pipeline.addLast("frame-in", new AvroFrameDecoder(ANSWER_LIMITS, new ReceiveBudget(MAX_ANSWER_BYTES)));
            pipeline.addLast("calls", calls);
        }
    }
}
