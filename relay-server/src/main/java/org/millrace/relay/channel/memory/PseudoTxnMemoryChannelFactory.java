package org.millrace.relay.channel.memory;

import java.util.List;
import org.millrace.api.Channel;
import org.millrace.api.ChannelContext;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.support.DaemonTimer;
import org.millrace.api.support.EventCapacity;

/**
 * Makes what Flume calls a memory channel with pseudo transactions: here one with real ones. Reads {@code capacity} and {@code
 * keep-alive}, and the other keys of the memory channel. Flume's holds 50 events unless the file says otherwise, and takes a larger batch
 * event by event; here a batch goes in as a whole, so there is room for the usual one of 100.
 */
public final class PseudoTxnMemoryChannelFactory implements ComponentFactory.OfChannel {
    private static final int DEFAULT_EVENTS = 100;

    @Override
    public List<String> typeNames() {
        return List.of("org.apache.flume.channel.PseudoTxnMemoryChannel");
    }

    @Override
    public String summary() {
        return "The memory channel, with room for 100 events by default";
    }

    @Override
    public Channel create(ChannelContext context, Settings settings) {
        MemoryLimits limits = MemoryLimits.read(
                settings, Runtime.getRuntime().maxMemory(), EventCapacity.read(settings, DEFAULT_EVENTS));
        return new MemoryChannel(context, limits, new DaemonTimer("channel-" + context.name()));
    }
}
