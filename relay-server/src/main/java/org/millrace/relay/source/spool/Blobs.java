package org.millrace.relay.source.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A whole file, in parts where it is longer than one event may be. */
final class Blobs implements EventCutter {
    private final FileChannel file;
    private final int maxBytes;
    private byte[] body = new byte[0];
    private int length;
    private long offset;
    private boolean hasEnded;

    Blobs(FileChannel file, long offset, BlobFormat format) {
        this.file = file;
        this.offset = offset;
        this.maxBytes = format.maxBytes();
    }

    @Override
    public boolean next() throws IOException {
        int most = (int) Math.min(maxBytes, Math.max(0, file.size() - offset));
        if (body.length < most) {
            body = new byte[most];
        }
        ByteBuffer target = ByteBuffer.wrap(body, 0, most);
        while (target.hasRemaining() && file.read(target, offset + target.position()) > 0) {
            // reads on
        }
        length = target.position();
        offset += length;
        hasEnded = offset >= file.size();
        return length > 0;
    }

    @Override
    public byte[] array() {
        return body;
    }

    @Override
    public int bodyOffset() {
        return 0;
    }

    @Override
    public int bodyLength() {
        return length;
    }

    @Override
    public long offset() {
        return offset;
    }

    @Override
    public boolean isAtEnd() {
        return hasEnded;
    }
}
