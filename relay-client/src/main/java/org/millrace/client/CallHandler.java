package org.millrace.client;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.MalformedException;
import org.millrace.codec.frame.AvroFrame;
import org.millrace.codec.rpc.RequestEncoder;
import org.millrace.codec.rpc.Response;
import org.millrace.codec.rpc.ResponseDecoder;

/**
 * The calls of one connection: sends them, matches answers by serial, watches the oldest one's deadline. The first call carries
 * the handshake; the others wait until it is answered. Anything that goes wrong with the connection fails all calls.
 *
 * <p>{@link #submit}, {@link #finish} and {@link #abort}: any thread. Everything else: the event loop.
 */
final class CallHandler extends ChannelInboundHandlerAdapter {
    private static final String BEING_CLOSED = "the connection is being closed on our side";

    private final RelayAddress peer;
    private final Duration handshakeTimeout;
    private final Duration requestTimeout;
    private final RequestEncoder encoder;
    private final IntSupplier serials;
    private final Function<Throwable, String> inWords;

    private final Queue<Call> submitted = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean sendScheduled = new AtomicBoolean();

    /** Sent and not answered, oldest first. */
    private final Map<Integer, Call> pending = new LinkedHashMap<>();

    /** Not sent before the handshake is done. */
    private final Deque<Call> waiting = new ArrayDeque<>();

    private @Nullable ChannelHandlerContext context;
    private boolean handshaken;
    private boolean textSent;
    private boolean finishing;
    /** The first call's frame, to send it again if the peer asks for our protocol's text. */
    private @Nullable ByteBuf firstFrame;

    private @Nullable Future<?> timer;
    private @Nullable RelayException failure;

    CallHandler(RelayAddress peer, ConnectionSettings settings, RequestEncoder encoder, IntSupplier serials) {
        this.peer = peer;
        this.handshakeTimeout = settings.connectTimeout();
        this.requestTimeout = settings.requestTimeout();
        this.encoder = encoder;
        this.serials = serials;
        this.inWords = settings::inWords;
    }

    /** Takes over the call. */
    void submit(Call call) {
        submitted.add(call);
        if (sendScheduled.compareAndSet(false, true)) { // calls made before it runs go along, with one flush
            execute(this::sendSubmitted);
        }
    }

    /** Closes the connection once all calls made so far are answered; each is within its time-out. */
    void finish() {
        execute(() -> {
            finishing = true;
            closeIfFinished();
        });
    }

    /** Closes the connection now, and fails its calls. */
    void abort() {
        execute(() -> fail(new RelayException(peer, "the connection was closed on our side")));
    }

    private void execute(Runnable task) {
        ChannelHandlerContext ctx = context();
        if (ctx.executor().inEventLoop()) {
            task.run();
            return;
        }
        try {
            ctx.executor().execute(task);
        } catch (RejectedExecutionException e) { // its threads have ended, so nobody else touches our state
            fail(new RelayException(peer, "the event loops are closed", e));
            sendSubmitted();
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    private ChannelHandlerContext context() {
        if (context == null) {
            throw new IllegalStateException("not in a pipeline");
        }
        return context;
    }

    private void sendSubmitted() {
        sendScheduled.set(false);
        for (Call call = submitted.poll(); call != null; call = submitted.poll()) {
            if (failure != null) {
                drop(call, failure);
            } else if (finishing) {
                drop(call, new RelayException(peer, BEING_CLOSED));
            } else if (handshaken || call.isFirst()) {
                send(call, call.isFirst() ? handshakeTimeout : requestTimeout);
            } else {
                waiting.add(call);
            }
        }
        context().flush();
        closeIfFinished(); // it could not while these were on their way to us
    }

    private void send(Call call, Duration timeout) {
        call.answerBy(now() + timeout.toNanos());
        if (call.isFirst()) {
            firstFrame = call.frame().retainedDuplicate();
        }
        write(call);
    }

    private void write(Call call) {
        pending.put(call.serial(), call);
        context().write(call.frame(), context().voidPromise());
        if (timer == null) {
            watch(call);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        AvroFrame frame = (AvroFrame) message;
        try {
            Call call = pending.get(frame.serial());
            if (call == null) {
                fail(new RelayException(peer, "answered call " + frame.serial() + ", which was not asked"));
            } else {
                answered(call, ResponseDecoder.decode(frame.content(), call.isFirst()));
            }
        } catch (MalformedException e) {
            fail(new RelayException(peer, "sent an answer that cannot be read: " + e.getMessage(), e));
        } finally {
            frame.release();
        }
        closeIfFinished();
    }

    private void answered(Call call, Response response) {
        if (response.kind() == Response.Kind.WANTS_PROTOCOL) {
            sendWithText(call, response.serverHash());
        } else if (call.isFirst() && response.kind() == Response.Kind.ERROR) { // maybe it could not read the handshake
            fail(new RelayException(peer, "answered the first call with an error: " + response.text()));
        } else {
            pending.remove(call.serial());
            if (call.isFirst()) {
                handshakeDone();
            }
            complete(call, response);
        }
    }

    private void complete(Call call, Response response) {
        if (response.kind() == Response.Kind.STORED) {
            call.answered().complete(null);
        } else if (response.kind() == Response.Kind.REFUSED) {
            call.answered().completeExceptionally(RelayException.refused(peer, response.text()));
        } else {
            call.answered()
                    .completeExceptionally(new RelayException(peer, "answered with an error: " + response.text()));
        }
    }

    private void handshakeDone() {
        handshaken = true;
        releaseFirstFrame();
        stopWatching(); // the time-out of the calls to come may be shorter
        for (Call call = waiting.poll(); call != null; call = waiting.poll()) {
            send(call, requestTimeout);
        }
        context().flush();
    }

    private void sendWithText(Call call, byte[] serverHash) {
        ByteBuf first = firstFrame;
        if (textSent || first == null) {
            fail(new RelayException(peer, "does not speak our protocol, not even after having seen its text"));
            return;
        }
        textSent = true;
        int serial = serials.getAsInt();
        ByteBuf frame = encoder.encodeAgain(serial, first, call.origin(), serverHash);
        Call again = new Call(serial, true, frame, call.origin(), call.answered());
        again.answerBy(call.deadlineNanos());
        pending.remove(call.serial());
        write(again);
        context().flush();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        fail(new RelayException(peer, "the peer closed the connection" + callsLeft()));
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        fail(new RelayException(peer, "the connection failed: " + inWords.apply(cause), cause));
    }

    private String callsLeft() {
        int calls = pending.size() + waiting.size();
        return calls == 0 ? "" : " with " + calls + (calls == 1 ? " call" : " calls") + " unanswered";
    }

    /** One timer for all calls: it looks at the oldest, which is always the first to run out. */
    private void watch(Call oldest) {
        long delay = Math.max(0, oldest.deadlineNanos() - now());
        timer = context().executor().schedule(this::checkOldest, delay, TimeUnit.NANOSECONDS);
    }

    private void stopWatching() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private void checkOldest() {
        timer = null;
        Iterator<Call> calls = pending.values().iterator();
        if (!calls.hasNext()) {
            return;
        }
        Call oldest = calls.next();
        if (oldest.deadlineNanos() - now() > 0) {
            watch(oldest);
        } else {
            Duration timeout = oldest.isFirst() ? handshakeTimeout : requestTimeout;
            String what = oldest.isFirst() ? "the first call, with the handshake," : "a call";
            fail(new RelayException(peer, "did not answer " + what + " within " + timeout.toMillis() + " ms"));
        }
    }

    private long now() {
        return context().executor().ticker().nanoTime();
    }

    private void closeIfFinished() {
        if (!finishing) {
            return;
        }
        if (!handshaken && pending.isEmpty()) { // the first call could not be made: nobody shakes hands for these
            dropWaiting(new RelayException(peer, BEING_CLOSED));
        }
        if (pending.isEmpty() && waiting.isEmpty() && submitted.isEmpty()) {
            context().close();
        }
    }

    /** Fails every call, oldest first, and closes the connection. Only the first failure counts. */
    private void fail(RelayException cause) {
        if (failure != null) {
            return;
        }
        failure = cause;
        stopWatching();
        releaseFirstFrame();
        List<Call> sent = new ArrayList<>(pending.values());
        pending.clear();
        sent.forEach(call -> call.answered().completeExceptionally(cause));
        dropWaiting(cause);
        context().close();
    }

    private void dropWaiting(RelayException cause) {
        for (Call call = waiting.poll(); call != null; call = waiting.poll()) {
            drop(call, cause);
        }
    }

    /** A call that was never written. */
    private static void drop(Call call, RelayException cause) {
        call.frame().release();
        call.answered().completeExceptionally(cause);
    }

    private void releaseFirstFrame() {
        if (firstFrame != null) {
            firstFrame.release();
            firstFrame = null;
        }
    }
}
