package org.millrace.relay.source.syslog;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.millrace.listener.ConnectionFigures;
import org.millrace.listener.DatagramConnection;
import org.millrace.listener.NameLookups;
import org.millrace.listener.SourceBatches;

/**
 * A message of each datagram: its first line that is not empty. While a sender's name is looked up nothing is read. The port's event
 * loop only.
 */
final class SyslogDatagrams extends DatagramConnection {
    private static final int MAX_DATAGRAM_BYTES = 65_536;

    private final SyslogEvents events;
    private final PeerHeaders peerHeaders;
    private final NameLookups names;
    private final byte[] message = new byte[MAX_DATAGRAM_BYTES];
    /** Those of one turn of the event loop at most: then no more are read. */
    private final Deque<DatagramPacket> waitingForName = new ArrayDeque<>();

    SyslogDatagrams(
            Channel port,
            SourceBatches source,
            ConnectionFigures connections,
            SyslogEvents events,
            PeerHeaders peerHeaders,
            NameLookups names) {
        super(port, source, connections);
        this.events = events;
        this.peerHeaders = peerHeaders;
        this.names = names;
    }

    @Override
    protected void read(DatagramPacket datagram) {
        if (!peerHeaders.needName()) {
            take(datagram, null);
            return;
        }
        if (!waitingForName.isEmpty()) {
            waitingForName.add(datagram.retain());
            return;
        }
        CompletableFuture<String> name = names.nameOf(sender(datagram));
        if (name.isDone()) {
            take(datagram, name.join());
            return;
        }
        waitingForName.add(datagram.retain());
        port.config().setAutoRead(false);
        name.thenAcceptAsync(this::takeWaiting, port.eventLoop());
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        super.handlerRemoved(ctx);
        for (DatagramPacket datagram : waitingForName) {
            unusable("the source ended before the sender's name was known");
            datagram.release();
        }
        waitingForName.clear();
    }

    /** @param firstName of the sender of the first */
    private void takeWaiting(String firstName) {
        CompletableFuture<String> name = CompletableFuture.completedFuture(firstName);
        while (!waitingForName.isEmpty() && name.isDone()) {
            takeWaiting(waitingForName.remove(), name.join());
            if (!waitingForName.isEmpty()) {
                name = names.nameOf(sender(waitingForName.peek()));
            }
        }
        put();
        if (waitingForName.isEmpty()) {
            port.config().setAutoRead(true);
        } else {
            name.thenAcceptAsync(this::takeWaiting, port.eventLoop());
        }
    }

    /** Whatever is wrong with one, those behind it are taken. */
    private void takeWaiting(DatagramPacket datagram, String name) {
        try {
            take(datagram, name);
        } catch (RuntimeException e) {
            broken(e);
        } finally {
            datagram.release();
        }
    }

    private void take(DatagramPacket datagram, @Nullable String name) {
        ByteBuf content = datagram.content();
        while (content.isReadable() && content.getByte(content.readerIndex()) == '\n') {
            content.skipBytes(1);
        }
        int end = content.bytesBefore((byte) '\n');
        int length = end < 0 ? content.readableBytes() : end;
        if (length == 0) {
            unusable("an empty datagram");
            return;
        }
        content.readBytes(message, 0, length);
        events.forgetPeer();
        peerHeaders.addTo(events, (InetSocketAddress) port.localAddress(), sender(datagram));
        if (name != null) {
            peerHeaders.addNameTo(events, name);
        }
        events.add(batch(), message, length, false);
        added();
    }

    private static InetAddress sender(DatagramPacket datagram) {
        return datagram.sender().getAddress();
    }
}
