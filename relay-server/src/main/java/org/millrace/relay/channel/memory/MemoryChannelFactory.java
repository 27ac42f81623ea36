package org.millrace.relay.channel.memory;

import java.util.List;
import org.millrace.api.Channel;
import org.millrace.api.ChannelContext;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.support.DaemonTimer;

/** Reads {@code capacity}, {@code transactionCapacity}, {@code keep-alive}, {@code byteCapacity} and {@code byteCapacityBufferPercentage}. */
public final class MemoryChannelFactory implements ComponentFactory.OfChannel {
    @Override
    public List<String> typeNames() {
        return List.of("memory", "org.apache.flume.channel.MemoryChannel");
    }

    @Override
    public String summary() {
        return "Holds events in memory: an ack means that they are there, and what it holds is lost when the process ends";
    }

    @Override
    public Channel create(ChannelContext context, Settings settings) {
        MemoryLimits limits = MemoryLimits.read(settings, Runtime.getRuntime().maxMemory());
        return new MemoryChannel(context, limits, new DaemonTimer("channel-" + context.name()));
    }
}
