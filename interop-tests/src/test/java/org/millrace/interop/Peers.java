package org.millrace.interop;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Many connections at once. */
final class Peers implements AutoCloseable {
    private final List<RawPeer> peers = new ArrayList<>();

    Peers(int connections, int port) throws IOException {
        for (int i = 0; i < connections; i++) {
            peers.add(new RawPeer(port));
        }
    }

    void all(Action action) throws IOException {
        for (RawPeer peer : peers) {
            action.on(peer);
        }
    }

    @Override
    public void close() throws IOException {
        for (RawPeer peer : peers) {
            peer.close();
        }
    }

    interface Action {
        void on(RawPeer peer) throws IOException;
    }
}
