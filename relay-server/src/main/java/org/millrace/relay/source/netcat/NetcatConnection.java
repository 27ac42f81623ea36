package org.millrace.relay.source.netcat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.millrace.listener.EventConnection;
import org.millrace.listener.HeaderBytes;
import org.millrace.listener.PeerLog;
import org.millrace.listener.ReadGate;
import org.millrace.listener.ReplySender;
import org.millrace.listener.SourceBatches;

/**
 * One connection: an event of each line, an answer to each event, as Flume's netcat source has them. Lines that come together are put
 * together; whoever wants an answer to each before it sends the next gets it. An end without a line's end drops what was begun. The
 * connection's event loop only.
 */
final class NetcatConnection extends EventConnection {
    private static final Mode ONE_AT_A_TIME = new Mode(1, false);
    private static final byte[] OK = {'O', 'K', '\n'};
    private static final int FIRST_LINE_BYTES = 256;
    private static final int MAX_BYTES_OF_A_UNIT = 3;
    private static final int MAX_MESSAGE_CHARS = 500;

    private final NetcatSettings settings;
    private final SourceBatches batches;
    private final @Nullable Transcoder transcoder;
    private final ReplySender replies;
    private final HeaderBytes noHeaders = new HeaderBytes().clear();

    /** A line whose end has not come. */
    private byte[] line = new byte[FIRST_LINE_BYTES];

    private int lineBytes;
    private int lineUnits;
    private boolean isOverlong;

    NetcatConnection(Channel connection, ReadGate gate, SourceBatches batches, NetcatSettings settings, PeerLog log) {
        super(connection, gate, batches, ONE_AT_A_TIME, log, settings.batchEvents());
        this.settings = settings;
        this.batches = batches;
        this.transcoder =
                settings.encoding().equals(StandardCharsets.UTF_8) ? null : new Transcoder(settings.encoding());
        this.replies = new ReplySender(connection);
    }

    @Override
    protected void read(ByteBuf bytes) {
        replies.reading();
        if (transcoder == null) {
            readLines(bytes);
            return;
        }
        ByteBuf utf8 = transcoder.toUtf8(bytes);
        try {
            readLines(utf8);
        } finally {
            utf8.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        super.channelReadComplete(ctx);
        if (connection.isActive()) {
            replies.readComplete();
        }
    }

    @Override
    public void stored(int events) {
        if (settings.acksEvents()) {
            answer(OK, events);
        }
    }

    @Override
    public void refused(int events, Throwable why) {
        String message = String.valueOf(why.getMessage()).replace('\n', ' ');
        String shown = message.substring(0, Math.min(message.length(), MAX_MESSAGE_CHARS));
        answer(("FAILED: " + shown + "\n").getBytes(StandardCharsets.UTF_8), events);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        super.handlerRemoved(ctx);
        replies.discard();
    }

    /** Behind all other answers the one to the line that was too long, whose sender may not have come to its end. */
    @Override
    protected void finish() {
        if (!isOverlong) {
            replies.flushAndClose();
            return;
        }
        replies.buffer()
                .writeCharSequence(
                        "FAILED: Event exceeds the maximum length (" + settings.maxLineChars()
                                + " chars, including newline)\n",
                        StandardCharsets.US_ASCII);
        drain();
        replies.flushAndLinger();
    }

    private void readLines(ByteBuf bytes) {
        while (bytes.isReadable() && !isEnding()) {
            int length = bytes.bytesBefore((byte) '\n');
            take(bytes, length < 0 ? bytes.readableBytes() : length);
            if (lineUnits >= settings.maxLineChars()
                    || lineBytes >= (long) settings.maxLineChars() * MAX_BYTES_OF_A_UNIT) {
                isOverlong = true;
                batches.refuse(connection, "max-line-length: a line of more than " + settings.maxLineChars());
                end();
            } else if (length >= 0) {
                bytes.skipBytes(1);
                addEvent();
            }
        }
    }

    /** Appends to the line, but no more than makes it too long. */
    private void take(ByteBuf bytes, int length) {
        int most = (int) Math.min(length, (long) settings.maxLineChars() * MAX_BYTES_OF_A_UNIT - lineBytes);
        if (lineBytes + most > line.length) {
            line = Arrays.copyOf(line, Math.max(lineBytes + most, 2 * line.length));
        }
        bytes.readBytes(line, lineBytes, most);
        lineUnits += LineLength.units(line, lineBytes, most);
        lineBytes += most;
    }

    private void addEvent() {
        if (LineLength.isAscii(line, lineBytes)) {
            noHeaders.addTo(batch(), line, 0, lineBytes);
        } else { // what is no UTF-8 becomes U+FFFD
            byte[] body = new String(line, 0, lineBytes, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8);
            noHeaders.addTo(batch(), body, 0, body.length);
        }
        lineBytes = 0;
        lineUnits = 0;
        added();
    }

    private void answer(byte[] text, int times) {
        if (connection.isActive()) {
            for (int i = 0; i < times; i++) {
                replies.buffer().writeBytes(text);
            }
            replies.added();
        }
    }
}
