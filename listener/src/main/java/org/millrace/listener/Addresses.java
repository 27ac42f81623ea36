package org.millrace.listener;

import io.netty.bootstrap.AbstractBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.net.InetSocketAddress;
import org.millrace.api.StartException;

/** Binds sockets, and says what is wrong with an address that cannot be bound. */
final class Addresses {
    private Addresses() {}

    /**
     * @param source its name, for the message
     * @param host empty for all addresses of the machine
     */
    static Channel bind(AbstractBootstrap<?, ?> bootstrap, String source, String host, int port) throws StartException {
        InetSocketAddress address = host.isEmpty() ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new StartException(
                    "source " + source + ": bind: unknown host " + host + " (expected: a local address)");
        }
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new StartException(
                    "source " + source + ": cannot listen on " + (host.isEmpty() ? "*" : host) + ":" + port + ": "
                            + bound.cause().getMessage() + " (expected: an address of this machine and a free port)",
                    bound.cause());
        }
        return bound.channel();
    }
}
