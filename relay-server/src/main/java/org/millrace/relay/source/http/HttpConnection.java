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
import org.millrace.api.ChannelException;
import org.millrace.api.part.RefusedRequestException;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.listener.ConnectionFigures;
import org.millrace.listener.PeerLog;
import org.millrace.listener.PendingBytes;
import org.millrace.listener.ReadGate;
import org.millrace.listener.TcpServer;

/**
 * Takes the requests of one connection, one after the other: the next is read once this one is answered. The connection's event loop
 * only.
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
    private final ResponseSender responses;

    private @Nullable HttpRequest request;
    private @Nullable RequestContent content;
    private @Nullable Future<?> patience;
    private boolean isEnding;

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
        this.responses = new ResponseSender(connection);
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
        if (isEnding) {
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
        request = head;
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
            responses.goOn();
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
        HttpRequest head = request;
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
            refuse(HttpResponseStatus.valueOf(e.status()), String.valueOf(e.getMessage()));
            return;
        } catch (BoundedInput.TooLongException e) {
            refuse(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, "more than maxRequestBytes once it is decompressed");
            return;
        } catch (IOException e) { // there is no other input but the content
            refuse(HttpResponseStatus.BAD_REQUEST, "content that is not of its encoding");
            return;
        } catch (RuntimeException e) { // of a plug-in's handler
            log.fault(connection, e);
            refuse(HttpResponseStatus.INTERNAL_SERVER_ERROR, "the handler failed");
            return;
        } finally {
            open.close();
        }
        if (batch == null) {
            figures.received(0);
            figures.accepted(0, 0);
            answer(HttpResponseStatus.OK, "");
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
            refuse(e.status(), String.valueOf(e.getMessage()));
            return;
        }
        if (stored
                .isDone()) { // without a pause in reading, whose end would have the next request read from within this
            // one
            settle(events, stored.handle((done, failure) -> failure).join());
            return;
        }
        gate.callBegan();
        stored.whenComplete((done, failure) -> {
            settle(events, failure);
            gate.callEnded();
            endIfIdle();
        });
    }

    private void settle(int events, @Nullable Throwable failure) {
        if (failure == null) {
            answer(HttpResponseStatus.OK, "");
        } else if (failure instanceof ChannelException) {
            log.notStored(connection, events, failure);
            refuse(HttpResponseStatus.SERVICE_UNAVAILABLE, "no channel took the events: " + failure.getMessage());
        } else {
            log.fault(connection, failure);
            refuse(HttpResponseStatus.INTERNAL_SERVER_ERROR, "the events could not be handled");
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        responses.flush();
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
            gate.shut();
            isEnding = true;
            dropContent(); // nobody will send the rest
            endIfIdle();
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

    private void endIfIdle() {
        if (isEnding && gate.callsInFlight() == 0) {
            responses.close();
        }
    }

    /** The request is here as a whole; the next one may follow. */
    private void refuse(HttpResponseStatus status, String why) {
        figures.refused(status);
        log.refusedCall(connection, status + ", " + why);
        answer(status, why);
    }

    private void answer(HttpResponseStatus status, String text) {
        HttpRequest head = request;
        request = null;
        if (head == null || !connection.isActive()) {
            return;
        }
        boolean staysOpen = HttpUtil.isKeepAlive(head) && !isEnding;
        responses.send(head, status, text, staysOpen);
        if (!staysOpen) {
            isEnding = true;
            gate.shut();
        }
    }

    /** What would still come of the request is not read. */
    private void refuseAndClose(HttpResponseStatus status, String why) {
        figures.refused(status);
        log.refused(connection, status + ", " + why);
        dropContent();
        isEnding = true;
        HttpRequest head = request;
        request = null;
        if (head != null) {
            responses.sendAndLinger(head, status, why);
        } else {
            responses.close();
        }
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
