package org.millrace.tls;

import io.netty.channel.Channel;

/** Is told what happens between a server and its peers. Event loops, and threads of TLS; must not block. */
public interface TlsListener {
    /** A handshake has succeeded. */
    void secured(Channel peer);

    /** A peer is disconnected: there was no handshake, or what it sent later made no sense. */
    void refused(Channel peer, String why);

    /** A store has changed; connections from now on get the new one. */
    void reloaded(String files);

    /** A store has changed and is no good; connections get the old one as before. */
    void notReloaded(String why);
}
