package org.millrace.relay.sink.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests one behind the other and gives each its answer, in their order, dropping all that stands in it but for the status. The
 * event loop only.
 *
 * <p>A request of which a part cannot be written ends the connection: the server would take what follows for the rest of it, and its
 * answer would be given to the wrong one.
 */
final class Answers extends SimpleChannelInboundHandler<HttpObject> {
    private static final int PIECE_BYTES = 64 << 10;

    private final Duration timeout;
    private final Deque<CompletableFuture<Integer>> waiting = new ArrayDeque<>();
    private @Nullable Future<?> timer;
    /** Of the answer that is coming in; 0: none is. */
    private int status;

    private boolean endsBehindThis;
    /** We have closed the connection: in order, behind an answer, if there is no failure. */
    private boolean isOver;

    private @Nullable IOException failure;

    /** @param timeout in which the server takes more of a request or sends more of an answer, while one is due; zero: none */
    Answers(Duration timeout) {
        this.timeout = timeout;
    }

    /** A request, and the status that it is answered. */
    record Exchange(HttpRequest head, ByteBuf body, CompletableFuture<Integer> answer) {
        /** It will not be sent. */
        void giveUp(IOException why) {
            body.release();
            answer.completeExceptionally(why);
        }
    }

    /** @param more taken over */
    void send(ChannelHandlerContext context, List<Exchange> more) {
        more.forEach(each -> waiting.add(each.answer()));
        setTimer(context);
        for (Exchange each : more) {
            write(context, each.head());
            writeBody(context, each.body());
        }
        if (isOver || !context.channel().isActive()) {
            failAll();
        } else {
            context.flush(); // and not before: of a turn that fails by then nothing goes out
        }
    }

    /** In pieces: each that has gone out shows that the line moves. */
    private void writeBody(ChannelHandlerContext context, ByteBuf body) {
        while (body.readableBytes() > PIECE_BYTES) {
            write(context, new DefaultHttpContent(body.readRetainedSlice(PIECE_BYTES)));
        }
        write(context, new DefaultLastHttpContent(body));
    }

    private void write(ChannelHandlerContext context, HttpObject part) {
        if (isOver) {
            ReferenceCountUtil.release(part);
            return;
        }
        context.write(part).addListener(written -> {
            if (written.cause() == null) {
                setTimer(context);
            } else {
                fail(context, new IOException("a request could not be written: " + written.cause(), written.cause()));
            }
        });
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
        if (isOver) {
            return; // TLS says good-bye before it ends
        }
        if (part.decoderResult().isFailure()) {
            fail(context, "the answer is malformed: " + part.decoderResult().cause());
            return;
        }
        if (part instanceof HttpResponse answer) {
            status = answer.status().code();
            if (status < 100 || waiting.isEmpty()) {
                fail(
                        context,
                        waiting.isEmpty() ? "an answer that nobody asked for" : "the answer has status " + status);
                return;
            }
            endsBehindThis = !HttpUtil.isKeepAlive(answer);
        }
        if (part instanceof LastHttpContent) {
            answerEnds(context);
        }
    }

    private void answerEnds(ChannelHandlerContext context) {
        if (HttpStatusClass.INFORMATIONAL.contains(status)) {
            return; // the one that counts is still to come
        }
        CompletableFuture<Integer> answered = waiting.poll();
        if (answered == null) {
            return;
        }
        if (endsBehindThis) {
            isOver = true;
            context.close(); // first: who sees the answer sees that the connection has ended
        }
        answered.complete(status);
    }

    /** Something of an answer is here. */
    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        setTimer(context);
        context.fireChannelReadComplete();
    }

    /** Anew, for the next sign of life; none is due while there is nothing to answer. */
    private void setTimer(ChannelHandlerContext context) {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
        if (!waiting.isEmpty() && !timeout.isZero()) {
            timer = context.executor()
                    .schedule(
                            () -> fail(context, "no answer within " + timeout.toMillis() + " ms"),
                            timeout.toNanos(),
                            TimeUnit.NANOSECONDS);
        }
    }

    private void fail(ChannelHandlerContext context, String why) {
        fail(context, new IOException(why));
    }

    private void fail(ChannelHandlerContext context, IOException why) {
        if (isOver) {
            return;
        }
        isOver = true;
        failure = why;
        context.close();
        failAll(); // what still comes answers nobody
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        fail(context, cause instanceof IOException known ? known : new IOException(cause));
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (timer != null) {
            timer.cancel(false);
        }
        failAll();
        context.fireChannelInactive();
    }

    private void failAll() {
        IOException why = failure != null
                ? failure
                : isOver ? new NotServedException() : new IOException("the connection ended before the answer");
        for (CompletableFuture<Integer> lost; (lost = waiting.poll()) != null; ) {
            lost.completeExceptionally(why);
        }
    }
}
