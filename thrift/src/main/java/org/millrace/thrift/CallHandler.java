package org.millrace.thrift;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.thrift.TApplicationException;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ChannelException;
import org.millrace.api.Inlet;
import org.millrace.codec.LimitExceededException;
import org.millrace.codec.MalformedException;
import org.millrace.listener.InletFlush;
import org.millrace.listener.PeerLog;
import org.millrace.listener.ReadGate;
import org.millrace.listener.TcpServer;

/**
 * Takes the calls of one connection to the inlet and their answers back. Calls are under way side by side, but are answered in the
 * order in which they came, as senders expect who match answers by nothing else. The connection's event loop only, but for {@link
 * #stored}.
 */
final class CallHandler extends ChannelInboundHandlerAdapter {
    private final Channel connection;
    private final Inlet inlet;
    private final InletFlush flush;
    private final CallReader reader;
    private final ReadGate gate;
    private final SourceFigures figures;
    private final PeerLog log;
    private final Replies replies;

    /** Calls without an answer, oldest first. */
    private final Queue<Pending> pending = new ArrayDeque<>();

    private boolean isEnding;

    /** A call and what came of it. */
    private static final class Pending {
        final Call call;
        final int events;
        final long begun = System.nanoTime();
        boolean isSettled;

        @Nullable
        Throwable failure;

        Pending(Call call, int events) {
            this.call = call;
            this.events = events;
        }

        boolean isBatch() {
            return call instanceof Call.Append append && append.isBatch();
        }
    }

    CallHandler(
            Channel connection,
            Inlet inlet,
            InletFlush flush,
            WireProtocol protocol,
            CallReader reader,
            ReadGate gate,
            SourceFigures figures,
            PeerLog log) {
        this.connection = connection;
        this.inlet = inlet;
        this.flush = flush;
        this.reader = reader;
        this.gate = gate;
        this.figures = figures;
        this.log = log;
        this.replies = new Replies(connection, protocol);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        replies.reading();
        ByteBuf frame = (ByteBuf) message;
        Call call;
        try {
            call = reader.read(frame);
        } finally {
            frame.release();
        }
        if (call instanceof Call.Append append) {
            run(append);
        } else if (call instanceof Call.Refused refused) {
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
            isEnding = true;
            gate.shut();
            endIfDone();
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        replies.discard();
        reader.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof MalformedException malformed) {
            figures.refused(malformed);
            log.refused(connection, String.valueOf(malformed.getMessage()));
        } else if (!(cause instanceof IOException)) { // a peer that hangs up hard is a peer that goes
            log.fault(connection, cause);
        }
        ctx.close();
    }

    private void run(Call.Append call) {
        Pending began = new Pending(call, call.batch().events());
        figures.received(began.events, call.isBatch());
        begin(began);
        CompletableFuture<Void> stored = inlet.submitUnflushed(call.batch());
        flush.submitted();
        if (stored.isDone() && !stored.isCompletedExceptionally()) {
            settle(began, null);
        } else {
            stored.whenComplete((done, failure) -> stored(began, failure));
        }
    }

    private void refuse(Call.Refused call) {
        figures.refused(call.reason());
        log.refusedCall(connection, String.valueOf(call.reason().getMessage()));
        Pending refused = new Pending(call, 0);
        begin(refused);
        refused.isSettled = true;
        answerSettled();
    }

    private void begin(Pending call) {
        pending.add(call);
        gate.callBegan();
    }

    /** Any thread. */
    private void stored(Pending call, @Nullable Throwable failure) {
        if (connection.eventLoop().inEventLoop()) {
            settle(call, failure);
        } else {
            connection.eventLoop().execute(() -> settle(call, failure));
        }
    }

    private void settle(Pending call, @Nullable Throwable failure) {
        long nanos = System.nanoTime() - call.begun;
        call.isSettled = true;
        call.failure = failure == null ? null : causeOf(failure);
        if (call.failure == null) {
            figures.accepted(call.events, call.isBatch(), nanos);
        } else if (call.failure instanceof ChannelException) {
            figures.failed(nanos);
            log.notStored(connection, call.events, call.failure);
        } else {
            figures.broken(nanos);
            log.fault(connection, call.failure);
        }
        answerSettled();
    }

    private void answerSettled() {
        for (Pending next = pending.peek(); next != null && next.isSettled; next = pending.peek()) {
            pending.remove();
            if (connection.isActive()) {
                answer(next);
            }
            gate.callEnded();
        }
        endIfDone();
    }

    private void answer(Pending settled) {
        Throwable failure = settled.failure;
        if (settled.call instanceof Call.Refused refused) {
            answer(refused);
        } else if (failure == null) {
            replies.status(settled.call, FlumeService.Status.OK);
        } else if (failure instanceof ChannelException) {
            replies.status(settled.call, FlumeService.Status.FAILED);
        } else { // as Flume, whose processor throws
            replies.exception(
                    settled.call,
                    TApplicationException.INTERNAL_ERROR,
                    "Internal error processing " + settled.call.method());
        }
    }

    /** A call that makes sense and asks for too much will never be taken, and does not upset the connection. */
    private void answer(Call.Refused refused) {
        if (refused.reason() instanceof LimitExceededException) {
            replies.status(refused, FlumeService.Status.ERROR);
        } else {
            replies.exception(
                    refused,
                    refused.exceptionType(),
                    String.valueOf(refused.reason().getMessage()));
        }
    }

    private void endIfDone() {
        if (isEnding && pending.isEmpty() && connection.isActive()) {
            replies.flushAndClose();
        }
    }

    private static Throwable causeOf(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
