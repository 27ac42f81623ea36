package org.millrace.relay.source.syslog;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.millrace.listener.HeaderBytes;

/** The headers that say where a message came from. Thread-safe. */
final class PeerHeaders {
    private final SyslogSettings settings;
    private final @Nullable String portHeader;

    /** @param portHeader gets the port that the message came to */
    PeerHeaders(SyslogSettings settings, @Nullable String portHeader) {
        this.settings = settings;
        this.portHeader = portHeader;
    }

    boolean needName() {
        return settings.clientHostnameHeader() != null;
    }

    /** What can be said at once. */
    void addTo(SyslogEvents events, InetSocketAddress local, InetAddress peer) {
        if (portHeader != null) {
            events.addOfPeer(HeaderBytes.encode(portHeader, Integer.toString(local.getPort())));
        }
        if (settings.clientIpHeader() != null) {
            events.addOfPeer(HeaderBytes.encode(settings.clientIpHeader(), peer.getHostAddress()));
        }
    }

    /** What had to be looked up. */
    void addNameTo(SyslogEvents events, String name) {
        if (settings.clientHostnameHeader() != null) {
            events.addOfPeer(HeaderBytes.encode(settings.clientHostnameHeader(), name));
        }
    }
}
