package org.millrace.relay.source.avro;

import java.util.List;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.Source;
import org.millrace.api.SourceContext;
import org.millrace.listener.Transport;

/**
 * Reads the keys of the Avro source. Flume's: {@code bind}, {@code port}, {@code threads}, {@code compression-type}, {@code
 * ipFilter}, {@code ipFilterRules}, {@code ssl} and what goes with it ({@link org.millrace.tls.TlsKeys}). Ours, all of them limits: {@code maxFrameBytes} (128 MiB), {@code maxBatchEvents} (1,000,000),
 * {@code maxHeaderBytes} of an event (1 MiB), {@code maxInflateRatio} (250), {@code maxConnections} (20,000), {@code
 * maxReceiveBytes} in unfinished frames (a quarter of the heap), {@code maxPipelined} calls of a connection (128), {@code
 * maxUnsentReplyBytes} of a connection (64 KiB), {@code idleTimeout} (0: never) and {@code stallTimeout} (60), both in seconds.
 */
public final class AvroSourceFactory implements ComponentFactory.OfSource {
    @Override
    public List<String> typeNames() {
        return List.of("avro", "org.apache.flume.source.AvroSource");
    }

    @Override
    public String summary() {
        return "Takes batches from Avro RPC clients, such as the Avro sinks of other agents; acks them when every"
                + " required channel has them";
    }

    @Override
    public Source create(SourceContext context, Settings settings) {
        return new AvroSource(context, AvroSourceSettings.read(settings), Transport.best());
    }
}
