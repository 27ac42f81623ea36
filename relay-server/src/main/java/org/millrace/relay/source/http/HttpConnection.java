package org.millrace.relay.source.http;

import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_ENCODING;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannelConfig;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.millrace.api.part.RefusedRequestException;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.listener.ConnectionFigures;
import org.millrace.listener.PeerLog;
import org.millrace.listener.PendingBytes;
import org.millrace.listener.ReadGate;
import org.millrace.listener.TcpServer;

/**
 * Takes the requests of one connection, one after the other, and puts their events: the next is read once this one is answered ({@link
 * RequestAnswers}). The connection's event loop only.
 */
final class HttpConnection extends SimpleChannelInboundHandler<HttpObject> {
    private final Channel connection;
    private final RequestPuts puts;
    private final ReadGate gate;
    private final HttpSettings settings;
    private final PendingBytes held;
    private final HttpFigures figures;
    private final ConnectionFigures connections;
    private final PeerLog log;
    private final RequestAnswers answers;

    private @Nullable RequestContent content;
    private @Nullable Future<?> patience;

    HttpConnection(
            Channel connection,
            RequestPuts puts,
            ReadGate gate,
            HttpSettings settings,
            PendingBytes held,
            HttpFigures figures,
            ConnectionFigures connections,
            PeerLog log) {
        this.connection = connection;
        this.puts = puts;
        this.gate = gate;
        this.settings = settings;
        this.held = held;
        this.figures = figures;
        this.connections = connections;
        this.log = log;
        this.answers = new RequestAnswers(connection, gate, figures, log);
        if (connection.config() instanceof SocketChannelConfig config) {
            config.setAllowHalfClosure(true); // who has said all still waits for our answer
        }
    }

    /** True if a request has begun to come in and has not ended. */
    boolean isMidRequest() {
        return content != null;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject part) {
        if (answers.isEnding()) {
            return;
        }
        if (part instanceof HttpRequest head) {
            begin(head);
        }
        RequestContent open = content;
        if (open == null || !(part instanceof HttpContent more)) {
            return;
        }
        try {
            if (part.decoderResult().isFailure()) {
                throw BadRequestException.badRequest("content that is not as HTTP has it");
            }
            open.add(more.content());
        } catch (BadRequestException e) {
            refuseAndClose(e.status(), String.valueOf(e.getMessage()));
            return;
        }
        if (part instanceof LastHttpContent) {
            run(open);
        }
    }

    private void begin(HttpRequest head) {
        answers.begin(head);
        if (head.decoderResult().isFailure()) {
            refuseAndClose(RequestRules.refusal(head.decoderResult().cause()), "a request that is not as HTTP has it");
            return;
        }
        HttpResponseStatus refusal = RequestRules.refusal(head, settings.maxRequestBytes(), settings.handler());
        if (refusal != null) {
            refuseAndClose(refusal, head.method().name());
            return;
        }
        if (HttpUtil.is100ContinueExpected(head)) {
            answers.goOn();
        }
        content = new RequestContent(
                connection.alloc(),
                held,
                HttpUtil.getContentLength(head, -1L),
                settings.maxRequestBytes(),
                settings.handler().contentLimit(),
                head.headers().get(CONTENT_ENCODING));
    }

    /** All of a request is here. */
    private void run(RequestContent open) {
        HttpRequest head = answers.request();
        stopWaiting();
        content = null;
        if (head == null) {
            open.close();
            return;
        }
        EventBatch batch;
        try (EventBatchBuilder builder = new EventBatchBuilder();
                InputStream body = open.open()) {
            settings.handler().read(new HandlerRequest(head, body), builder);
            batch = builder.events() == 0 ? null : builder.build().condensed();
        } catch (RefusedRequestException e) {
            answers.refuse(HttpResponseStatus.valueOf(e.status()), String.valueOf(e.getMessage()));
            return;
        } catch (BoundedInput.TooLongException e) {
            answers.refuse(
                    HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, "more than maxRequestBytes once it is decompressed");
            return;
        } catch (IOException e) { // there is no other input but the content
            answers.refuse(HttpResponseStatus.BAD_REQUEST, "content that is not of its encoding");
            return;
        } catch (RuntimeException e) { // of a plug-in's handler
            log.fault(connection, e);
            answers.refuse(HttpResponseStatus.INTERNAL_SERVER_ERROR, "the handler failed");
            return;
        } finally {
            open.close();
        }
        if (batch == null) {
            figures.received(0);
            figures.accepted(0, 0);
            answers.ok();
        } else {
            put(batch);
        }
    }

    private void put(EventBatch batch) {
        int events = batch.events();
        CompletableFuture<Void> stored;
        try {
            stored = puts.put(batch);
        } catch (BadRequestException e) {
            answers.refuse(e.status(), String.valueOf(e.getMessage()));
            return;
        }
        if (stored.isDone()) {
            // without a pause in reading, whose end would have the next request read from within this one
            settle(events, stored.handle((done, failure) -> failure).join());
            return;
        }
        gate.callBegan();
        stored.whenComplete((done, failure) -> {
            settle(events, failure);
            gate.callEnded();
            answers.closeIfDone();
        });
    }

    private void settle(int events, @Nullable Throwable failure) {
        if (failure == null) {
            answers.ok();
        } else {
            answers.notStored(events, failure);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        answers.flush();
        if (isMidRequest() && patience == null && !settings.requestTimeout().isZero()) {
            patience = connection
                    .eventLoop()
                    .schedule(this::timeOut, settings.requestTimeout().toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        gate.update();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == TcpServer.DRAIN || event instanceof ChannelInputShutdownEvent) {
            answers.end();
            dropContent(); // nobody will send the rest
            answers.closeIfDone();
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        dropContent();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) { // a peer that hangs up hard is told of as any other that goes
            log.fault(connection, cause);
        }
        ctx.close();
    }

    private void timeOut() {
        patience = null;
        if (isMidRequest()) {
            connections.timedOut();
            refuseAndClose(
                    HttpResponseStatus.REQUEST_TIMEOUT, "requestTimeout: not here after " + settings.requestTimeout());
        }
    }

    private void refuseAndClose(HttpResponseStatus status, String why) {
        dropContent();
        answers.refuseAndClose(status, why);
    }

    private void dropContent() {
        stopWaiting();
        RequestContent open = content;
        if (open != null) {
            content = null;
            open.close();
        }
    }

    private void stopWaiting() {
        if (patience != null) {
            patience.cancel(false);
            patience = null;
        }
    }
}
