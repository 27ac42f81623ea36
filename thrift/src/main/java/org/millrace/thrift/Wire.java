package org.millrace.thrift;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** Takes bytes to a peer and brings its bytes, as many as go without waiting. The sink's thread only. */
interface Wire {
    /** Takes over bytes that are to be sent, from their begin on; how many, which is none while the peer takes none. */
    int write(ByteBuffer bytes) throws IOException;

    /** Sends what was taken over. False if some of it has to wait. */
    boolean flush() throws IOException;

    /** Puts into the buffer what has come; how much, which is -1 at the end. */
    int read(ByteBuffer into) throws IOException;

    /** Says that no more will come, if that can be said without waiting. */
    void end() throws IOException;

    /** As it is. */
    record Plain(SocketChannel socket) implements Wire {
        @Override
        public int write(ByteBuffer bytes) throws IOException {
            return socket.write(bytes);
        }

        @Override
        public boolean flush() {
            return true;
        }

        @Override
        public int read(ByteBuffer into) throws IOException {
            return socket.read(into);
        }

        @Override
        public void end() {
            // the socket's own end says it
        }
    }
}
