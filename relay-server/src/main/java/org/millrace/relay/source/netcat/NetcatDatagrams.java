package org.millrace.relay.source.netcat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.socket.DatagramPacket;
import org.jspecify.annotations.Nullable;
import org.millrace.listener.ConnectionFigures;
import org.millrace.listener.DatagramConnection;
import org.millrace.listener.HeaderBytes;
import org.millrace.listener.SourceBatches;

/** An event of each datagram: what it has before its first line's end. The rest is dropped, as Flume does. The port's event loop only. */
final class NetcatDatagrams extends DatagramConnection {
    private static final int MAX_DATAGRAM_BYTES = 65_536;

    private final byte @Nullable [] headerName;
    private final HeaderBytes headers = new HeaderBytes();
    private final byte[] body = new byte[MAX_DATAGRAM_BYTES];

    /** @param header gets the sender's address and port, as {@code /192.0.2.1:514} */
    NetcatDatagrams(Channel port, SourceBatches source, ConnectionFigures connections, @Nullable String header) {
        super(port, source, connections);
        this.headerName = header == null ? null : HeaderBytes.encode(header);
    }

    @Override
    protected void read(DatagramPacket datagram) {
        ByteBuf content = datagram.content();
        int end = content.bytesBefore((byte) '\n');
        int length = end < 0 ? content.readableBytes() : end;
        content.readBytes(body, 0, length);
        headers.clear();
        if (headerName != null) {
            headers.add(headerName, datagram.sender().toString());
        }
        headers.addTo(batch(), body, 0, length);
        added();
    }
}
