package org.millrace.relay.source.avro;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ChannelException;
import org.millrace.api.Inlet;
import org.millrace.codec.LimitExceededException;
import org.millrace.codec.MalformedException;
import org.millrace.codec.frame.AvroFrame;
import org.millrace.codec.rpc.AvroCallDecoder;
import org.millrace.codec.rpc.AvroReplies;
import org.millrace.codec.rpc.HandshakeReply;
import org.millrace.codec.rpc.Request;
import org.millrace.codec.rpc.RpcMessage;
import org.millrace.listener.InletFlush;
import org.millrace.listener.PeerLog;
import org.millrace.listener.ReadGate;
import org.millrace.listener.ReplySender;
import org.millrace.listener.TcpServer;

/**
 * Takes the calls of one connection to the inlet and their answers back. Calls are under way side by side; each is answered when
 * its batch is safe or refused, in whatever order that happens, and its serial tells the peer which one it is. The connection's
 * event loop only, but for {@link #stored}.
 */
final class AvroCallHandler extends ChannelInboundHandlerAdapter {
    private final Channel connection;
    private final Inlet inlet;
    private final InletFlush flush;
    private final AvroCallDecoder decoder;
    private final ReadGate gate;
    private final AvroSourceFigures figures;
    private final PeerLog log;
    private final ReplySender replies;

    private boolean isEnding;

    AvroCallHandler(
            Channel connection,
            Inlet inlet,
            InletFlush flush,
            AvroCallDecoder decoder,
            ReadGate gate,
            AvroSourceFigures figures,
            PeerLog log) {
        this.connection = connection;
        this.inlet = inlet;
        this.flush = flush;
        this.decoder = decoder;
        this.gate = gate;
        this.figures = figures;
        this.log = log;
        this.replies = new ReplySender(connection);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object frame) {
        replies.reading();
        Request request = decoder.decode((AvroFrame) frame);
        if (request.handshake() == HandshakeReply.CLIENT || request.handshake() == HandshakeReply.NONE) {
            figures.foreignHandshake();
        }
        if (request instanceof Request.Call call) {
            run(call);
        } else if (request instanceof Request.HandshakeOnly handshake) {
            AvroReplies.writeHandshakeOnly(replies.buffer(), handshake);
            replies.added();
        } else if (request instanceof Request.Refused refused) {
            refuse(refused);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        replies.readComplete();
    }

    /** The peer reads our answers again, or no longer. */
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        gate.update();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == TcpServer.DRAIN) {
            end();
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        replies.discard();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof MalformedException malformed) {
            figures.refused(malformed);
            log.refused(connection, String.valueOf(malformed.getMessage()));
        } else if (!(cause instanceof IOException)) { // a peer that hangs up hard is told of as any other that goes
            log.fault(connection, cause);
        }
        ctx.close();
    }

    private void run(Request.Call call) {
        figures.received(call);
        gate.callBegan();
        long begun = System.nanoTime();
        CompletableFuture<Void> stored =
                inlet.submitUnflushed(call.batch(), call.metadata().origin());
        flush.submitted();
        if (stored.isDone() && !stored.isCompletedExceptionally()) {
            settle(call, begun, null);
        } else {
            stored.whenComplete((done, failure) -> stored(call, begun, failure));
        }
    }

    /** Any thread. */
    private void stored(Request.Call call, long begun, @Nullable Throwable failure) {
        if (connection.eventLoop().inEventLoop()) {
            settle(call, begun, failure);
        } else {
            connection.eventLoop().execute(() -> settle(call, begun, failure));
        }
    }

    private void settle(Request.Call call, long begun, @Nullable Throwable failure) {
        long nanos = System.nanoTime() - begun;
        if (failure == null) {
            figures.accepted(call, nanos);
        } else {
            countFailure(call, nanos, causeOf(failure));
        }
        if (connection.isActive()) {
            answer(call, failure);
        }
        gate.callEnded();
        endIfDone();
    }

    private void answer(Request.Call call, @Nullable Throwable failure) {
        if (failure == null) {
            AvroReplies.writeOk(replies.buffer(), call);
        } else if (isToBeTriedAgain(call, causeOf(failure))) {
            AvroReplies.writeFailed(replies.buffer(), call);
        } else {
            AvroReplies.writeError(replies.buffer(), call, String.valueOf(causeOf(failure)));
        }
        replies.added();
    }

    private void countFailure(Request.Call call, long nanos, Throwable cause) {
        if (isToBeTriedAgain(call, cause)) {
            figures.failed(nanos);
        } else {
            figures.broken(nanos);
        }
        if (cause instanceof ChannelException) {
            log.notStored(connection, call.batch().events(), cause);
        } else {
            log.fault(connection, cause);
        }
    }

    /** As Flume answers: a batch that met any exception, and a single event that met a channel's. */
    private static boolean isToBeTriedAgain(Request.Call call, Throwable cause) {
        return cause instanceof ChannelException
                || (call.message() == RpcMessage.APPEND_BATCH && cause instanceof Exception);
    }

    private void refuse(Request.Refused refused) {
        MalformedException reason = refused.reason();
        figures.refused(reason);
        AvroReplies.writeError(replies.buffer(), refused, String.valueOf(reason.getMessage()));
        replies.added();
        if (reason instanceof LimitExceededException) {
            log.refused(connection, String.valueOf(reason.getMessage()));
            end();
        } else {
            log.refusedCall(connection, String.valueOf(reason.getMessage()));
        }
    }

    /** Reads no more, and closes once everything is answered. */
    private void end() {
        isEnding = true;
        gate.shut();
        endIfDone();
    }

    private void endIfDone() {
        if (isEnding && gate.callsInFlight() == 0 && connection.isActive()) {
            replies.flushAndClose();
        }
    }

    private static Throwable causeOf(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
