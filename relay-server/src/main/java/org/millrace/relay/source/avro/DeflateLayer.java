package org.millrace.relay.source.avro;

import io.netty.channel.ChannelPipeline;
import org.millrace.codec.CodecLimits;
import org.millrace.codec.compress.DeflateHandler;
import org.millrace.codec.compress.InflateHandler;
import org.millrace.tls.ServerTls;

/**
 * Flume's compression of a connection: around TLS with Flume from 1.10 on, inside of it with Flume up to 1.9. Thread-safe.
 *
 * @param limits of what is inflated
 */
record DeflateLayer(CodecLimits limits) implements ServerTls.Compression {
    private static final int METHOD_MASK = 0x0f;
    private static final int DEFLATE = 8;
    private static final int LARGEST_WINDOW = 7;
    private static final int CHECK = 31;

    /** The header of a zlib stream (RFC 1950): its method, its window, and a check on both bytes. */
    @Override
    public boolean isBegunBy(int first, int second) {
        return (first & METHOD_MASK) == DEFLATE
                && first >> 4 <= LARGEST_WINDOW
                && ((first << Byte.SIZE) | second) % CHECK == 0;
    }

    @Override
    public String addTo(ChannelPipeline pipeline, String after) {
        pipeline.addAfter(after, "inflate", new InflateHandler(limits));
        pipeline.addAfter("inflate", "deflate", new DeflateHandler(DeflateHandler.DEFAULT_LEVEL));
        return "deflate";
    }
}
