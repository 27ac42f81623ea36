package org.millrace.relay.sink.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Matches answers with requests, in their order, and drops what stands in them but for the status. The event loop only. */
final class Answers extends SimpleChannelInboundHandler<HttpObject> {
    private final Duration timeout;
    private final Deque<CompletableFuture<Integer>> waiting = new ArrayDeque<>();
    private @Nullable Future<?> timer;
    /** Of the answer that is coming in; 0: none is. */
    private int status;

    private boolean endsBehindThis;
    private boolean endedInOrder;
    private @Nullable IOException failure;

    /** @param timeout for the next answer; zero: none */
    Answers(Duration timeout) {
        this.timeout = timeout;
    }

    /** Requests are on their way. */
    void expect(ChannelHandlerContext context, List<CompletableFuture<Integer>> more) {
        boolean none = waiting.isEmpty();
        waiting.addAll(more);
        if (!context.channel().isActive()) {
            failAll();
        } else if (none) {
            setTimer(context);
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
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
        setTimer(context);
        if (endsBehindThis) {
            endedInOrder = true;
            context.close(); // first: who sees the answer sees that the connection has ended
        }
        answered.complete(status);
    }

    /** For the answer that is next. */
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
        if (failure == null) {
            failure = new IOException(why);
        }
        context.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (failure == null) {
            failure = cause instanceof IOException known ? known : new IOException(cause);
        }
        context.close();
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
                : endedInOrder ? new NotServedException() : new IOException("the connection ended before the answer");
        for (CompletableFuture<Integer> lost; (lost = waiting.poll()) != null; ) {
            lost.completeExceptionally(why);
        }
    }
}
