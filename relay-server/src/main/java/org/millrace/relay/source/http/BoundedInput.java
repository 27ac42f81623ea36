package org.millrace.relay.source.http;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Content that may have been small while it was compressed: fails once there is more than may be. One thread. */
final class BoundedInput extends FilterInputStream {
    private long bytesLeft;

    BoundedInput(InputStream in, long maxBytes) {
        super(in);
        this.bytesLeft = maxBytes;
    }

    /** There is more than may be. */
    static final class TooLongException extends IOException {
        private static final long serialVersionUID = 1L;

        TooLongException() {
            super(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE.reasonPhrase());
        }

        /** It may come as often as a peer likes. */
        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }

    @Override
    public int read() throws IOException {
        int next = super.read();
        if (next >= 0) {
            count(1);
        }
        return next;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int read = super.read(bytes, offset, length);
        if (read > 0) {
            count(read);
        }
        return read;
    }

    private void count(int bytes) throws TooLongException {
        bytesLeft -= bytes;
        if (bytesLeft < 0) {
            throw new TooLongException();
        }
    }
}
