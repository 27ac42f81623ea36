package org.millrace.relay.source.syslog;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import org.millrace.listener.EventConnection;
import org.millrace.listener.PeerLog;
import org.millrace.listener.ReadGate;
import org.millrace.listener.SourceBatches;

/**
 * One connection: an event of each message. Nobody waits for an answer or sends a message again, so what a channel refuses is put again,
 * and meanwhile nothing is read. The connection's event loop only.
 */
final class SyslogConnection extends EventConnection {
    /** Batches that may be under way at a time; then nothing more is read. */
    static final int MAX_BATCHES = 16;

    private static final Mode KEEPING = new Mode(MAX_BATCHES, true);

    private final MessageFramer framer;
    private final SyslogEvents events;
    private final SyslogFigures figures;

    SyslogConnection(
            Channel connection,
            ReadGate gate,
            SourceBatches batches,
            SyslogTcpSettings settings,
            SyslogEvents events,
            SyslogFigures figures,
            PeerLog log) {
        super(connection, gate, batches, KEEPING, log, settings.batchEvents());
        this.events = events;
        this.figures = figures;
        this.framer = new MessageFramer(settings.eventBytes(), settings.takesCounts(), this::take);
    }

    @Override
    protected void read(ByteBuf bytes) {
        framer.read(bytes);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        super.handlerRemoved(ctx);
        if (framer.isMidMessage()) {
            figures.unfinished();
        }
    }

    private void take(byte[] bytes, int length, boolean isCut) {
        events.add(batch(), bytes, length, isCut);
        added();
    }
}
