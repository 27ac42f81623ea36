package org.millrace.relay.source.http;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.flow.FlowControlHandler;

/** The handlers that make requests of bytes, in the order of the wire. */
final class HttpPipeline {
    private static final int MAX_CHUNK_BYTES = 64 << 10;

    private HttpPipeline() {}

    /** Adds them behind those that are there. */
    static void addTo(ChannelPipeline pipeline, HttpSettings settings, HttpConnection requests) {
        HttpDecoderConfig limits = new HttpDecoderConfig()
                .setMaxInitialLineLength(settings.maxHeaderBytes())
                .setMaxHeaderSize(settings.maxHeaderBytes())
                .setMaxChunkSize(MAX_CHUNK_BYTES);
        pipeline.addLast("pieces", new RequestPieces());
        pipeline.addLast("piece-at-a-time", new FlowControlHandler());
        pipeline.addLast("http", new HttpServerCodec(limits));
        pipeline.addLast("one-at-a-time", new FlowControlHandler());
        pipeline.addLast("requests", requests);
    }
}
