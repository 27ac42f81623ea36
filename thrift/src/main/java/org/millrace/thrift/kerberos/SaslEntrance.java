package org.millrace.thrift.kerberos;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import javax.security.auth.Subject;
import javax.security.sasl.SaslException;
import javax.security.sasl.SaslServer;
import org.apache.thrift.transport.sasl.NegotiationStatus;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.MalformedException;
import org.millrace.codec.frame.ReceiveBudget;

/**
 * Stands where an accepted connection comes in, until its peer is authenticated; nothing of what it sends goes further before. What the
 * peer shows is read by another thread, one part at a time. What has come and was not read yet is bounded, for this connection and, with
 * the frames of all others, for all together, and the whole has a time limit from its beginning. The connection's event loop only, but for what says otherwise.
 */
final class SaslEntrance extends ChannelInboundHandlerAdapter {
    /** The longest part, and the first one, which nobody has to answer. */
    private static final int MOST_HELD_BYTES = SaslMessage.MOST_PAYLOAD_BYTES + 1024;

    private static final String OVER_BUDGET = "maxReceiveBytes: others need the memory, and it holds the most";

    private final SourceKerberos source;
    private final KerberosServer server;
    private final Subject subject;
    private final ReceiveBudget budget;
    private final Executor threads;
    private final Object leaving;

    private State state = State.GREETING;
    private @Nullable ByteBuf held;
    private @Nullable Future<?> timer;
    private ReceiveBudget.@Nullable Share share;

    /** Only one thread has it at a time. */
    private @Nullable SaslServer exchange;

    private enum State {
        /** Waits for the name of the mechanism. */
        GREETING,
        /** Waits for the next part. */
        LISTENING,
        /** A part is being read by another thread. */
        READING,
        /** The peer is authenticated. */
        THROUGH,
        /** The peer is refused or gone. */
        OVER
    }

    /**
     * @param budget for what has come and was not read yet
     * @param threads to read what peers show
     * @param leaving the event that tells connections to close
     */
    SaslEntrance(
            SourceKerberos source,
            KerberosServer server,
            Subject subject,
            ReceiveBudget budget,
            Executor threads,
            Object leaving) {
        this.source = source;
        this.server = server;
        this.subject = subject;
        this.budget = budget;
        this.threads = threads;
        this.leaving = leaving;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        share = budget.share(() -> evicted(ctx));
        timer = ctx.executor().schedule(() -> timeOut(ctx), server.timeout().toMillis(), MILLISECONDS);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (timer != null) {
            timer.cancel(false);
        }
        if (state != State.THROUGH) {
            over();
            return;
        }
        ByteBuf behind = takeHeld();
        if (behind != null && behind.isReadable()) { // a peer that did not wait for our last word
            ctx.fireChannelRead(behind);
            ctx.fireChannelReadComplete();
        } else if (behind != null) {
            behind.release();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        try {
            if (state != State.OVER && hold(ctx, bytes)) {
                goOn(ctx);
            }
        } finally {
            bytes.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        // nothing has gone further
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event.equals(leaving)) {
            over(); // a peer that is not authenticated has nothing under way
            ctx.close();
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (state != State.OVER
                && (held != null || state != State.GREETING)) { // who said nothing only looked if we listen
            source.refused(ctx.channel(), "it hung up during the handshake of Kerberos");
        }
        over();
        ctx.fireChannelInactive();
    }

    /** A copy: what the socket reads into is larger than what a peer shows. False if it is refused. */
    private boolean hold(ChannelHandlerContext ctx, ByteBuf bytes) {
        int more = bytes.readableBytes();
        ByteBuf before = held;
        if (more + (before == null ? 0 : before.readableBytes()) > MOST_HELD_BYTES) {
            refuse(ctx, NegotiationStatus.ERROR, "it sent more than a handshake of Kerberos has");
            return false;
        }
        if (share != null && !share.take(more)) {
            refuse(ctx, NegotiationStatus.ERROR, OVER_BUDGET);
            return false;
        }
        held = (before == null ? ctx.alloc().heapBuffer(more) : before).writeBytes(bytes);
        return true;
    }

    private @Nullable ByteBuf takeHeld() {
        ByteBuf all = held;
        if (all != null) {
            held = null;
        }
        if (share != null) {
            share.close();
        }
        return all;
    }

    /** Reads what has come, part by part, until one is on its way or the rest has to come. */
    private void goOn(ChannelHandlerContext ctx) {
        try {
            while (state == State.GREETING || state == State.LISTENING) {
                SaslMessage message = next();
                if (message == null) {
                    return;
                }
                if (message.isRefusal()) {
                    refuse(ctx, null, "it says: " + message.words());
                } else if (state == State.GREETING) {
                    greeted(ctx, message);
                } else {
                    listened(ctx, message);
                }
            }
        } catch (MalformedException e) {
            refuse(ctx, NegotiationStatus.ERROR, String.valueOf(e.getMessage()));
        }
    }

    private @Nullable SaslMessage next() {
        ByteBuf all = held;
        if (all == null) {
            return null;
        }
        int before = all.readableBytes();
        SaslMessage message = SaslMessage.next(all);
        if (share != null) {
            share.giveBack(before - all.readableBytes());
        }
        all.discardReadBytes();
        return message;
    }

    private void greeted(ChannelHandlerContext ctx, SaslMessage message) {
        if (message.status() != NegotiationStatus.START) {
            refuse(ctx, NegotiationStatus.ERROR, "it begins with " + message.status() + " (expected: START)");
        } else if (!message.words().equals(SaslMessage.MECHANISM)) {
            String expected = " (expected: " + SaslMessage.MECHANISM + ")";
            refuse(ctx, NegotiationStatus.BAD, "SASL mechanism: " + message.words() + expected);
        } else {
            state = State.LISTENING;
        }
    }

    private void listened(ChannelHandlerContext ctx, SaslMessage message) {
        if (!message.isStep()) {
            refuse(ctx, NegotiationStatus.ERROR, "it says " + message.status() + " (expected: OK or COMPLETE)");
            return;
        }
        state = State.READING;
        threads.execute(() -> {
            Runnable outcome = read(ctx, message.payload());
            try {
                ctx.executor().execute(() -> settle(outcome));
            } catch (RejectedExecutionException e) {
                dispose(); // the source has been closed, and with it the connection
            }
        });
    }

    /** One of the threads. What the event loop is to do then. */
    private Runnable read(ChannelHandlerContext ctx, byte[] token) {
        try {
            SaslMessage answer = Keytab.as(subject, () -> answerTo(token));
            return () -> answer(ctx, answer);
        } catch (SaslException e) {
            return () -> refuse(ctx, NegotiationStatus.BAD, "Kerberos: " + KerberosFailure.inWords(e));
        } catch (RuntimeException e) {
            return () -> broken(ctx, e);
        }
    }

    private SaslMessage answerTo(byte[] token) throws SaslException {
        SaslServer now = exchange == null ? server.newExchange() : exchange;
        exchange = now;
        byte[] answer = now.evaluateResponse(token);
        return new SaslMessage(
                now.isComplete() ? NegotiationStatus.COMPLETE : NegotiationStatus.OK,
                answer == null ? new byte[0] : answer);
    }

    private void settle(Runnable outcome) {
        if (state != State.READING) {
            dispose(); // refused or gone meanwhile
            return;
        }
        state = State.LISTENING;
        outcome.run();
    }

    private void answer(ChannelHandlerContext ctx, SaslMessage answer) {
        ctx.writeAndFlush(answer.encoded());
        if (answer.status() == NegotiationStatus.COMPLETE) {
            through(ctx);
        } else {
            goOn(ctx);
        }
    }

    private void broken(ChannelHandlerContext ctx, RuntimeException fault) {
        source.broken(ctx.channel(), fault);
        refuse(ctx, NegotiationStatus.ERROR, "internal error");
    }

    private void through(ChannelHandlerContext ctx) {
        source.authenticated(ctx.channel(), exchange == null ? "" : exchange.getAuthorizationID());
        dispose();
        state = State.THROUGH;
        ctx.pipeline().remove(this);
    }

    /** Any thread. */
    private void evicted(ChannelHandlerContext ctx) {
        ctx.executor().execute(() -> {
            if (held != null && state != State.OVER && state != State.THROUGH) {
                refuse(ctx, NegotiationStatus.ERROR, OVER_BUDGET);
            }
        });
    }

    private void timeOut(ChannelHandlerContext ctx) {
        if (state != State.OVER) {
            refuse(
                    ctx,
                    NegotiationStatus.ERROR,
                    "no handshake of Kerberos within " + server.timeout().toMillis() + " ms");
        }
    }

    /** @param status what the peer is told; null for nothing */
    private void refuse(ChannelHandlerContext ctx, @Nullable NegotiationStatus status, String why) {
        over();
        source.refused(ctx.channel(), why);
        if (status == null) {
            ctx.close();
        } else {
            ctx.writeAndFlush(SaslMessage.of(status, why).encoded()).addListener(ChannelFutureListener.CLOSE);
        }
    }

    private void over() {
        State before = state;
        state = State.OVER;
        ByteBuf rest = takeHeld();
        if (rest != null) {
            rest.release();
        }
        if (before == State.GREETING
                || before == State.LISTENING) { // a thread that reads has it, and we drop it after that
            dispose();
        }
    }

    private void dispose() {
        SaslServer done = exchange;
        exchange = null;
        if (done != null) {
            try {
                done.dispose();
            } catch (SaslException e) {
                return; // it holds nothing but memory
            }
        }
    }
}
