package org.millrace.listener;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import org.millrace.listener.DatagramServer.PortHandler;

/** Builds what serves a port for datagrams. */
final class PortSetup extends ChannelInitializer<Channel> {
    private final PortHandler maker;
    private final NameLookups names;

    PortSetup(PortHandler maker, NameLookups names) {
        this.maker = maker;
        this.names = names;
    }

    @Override
    protected void initChannel(Channel port) {
        port.pipeline().addLast("datagrams", maker.handler(port, names));
    }
}
