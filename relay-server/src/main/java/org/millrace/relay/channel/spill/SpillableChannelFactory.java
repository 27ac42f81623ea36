package org.millrace.relay.channel.spill;

import com.codahale.metrics.MetricRegistry;
import java.util.List;
import java.util.Map;
import org.millrace.api.Channel;
import org.millrace.api.ChannelContext;
import org.millrace.api.ChannelMetrics;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.support.DaemonTimer;
import org.millrace.durable.FileChannelFactory;

/** Makes channels that spill: the keys of {@code SpillSettings}, and those of the file channel, which is where they spill to. */
public final class SpillableChannelFactory implements ComponentFactory.OfChannel {
    @Override
    public List<String> typeNames() {
        return List.of("SPILLABLEMEMORY", "org.apache.flume.channel.SpillableMemoryChannel");
    }

    @Override
    public String summary() {
        return "Holds events in memory, and on disk what finds no room there; what is in memory is lost when the process ends. The file "
                + "channel loses nothing, and is the better choice";
    }

    @Override
    public Channel create(ChannelContext context, Settings settings) {
        SpillSettings read = SpillSettings.read(settings, Runtime.getRuntime().maxMemory());
        settings.define("readers", "nothing", "several readers are for a channel with type = file");
        if (settings.has("readers")) {
            settings.problem("readers", "no such key here (expected: type = file for a channel with several readers)");
        }
        MetricRegistry registry = new MetricRegistry();
        ChannelMetrics metrics = new ChannelMetrics(context.name(), registry);
        Channel disk = new FileChannelFactory()
                .create(
                        new ChannelContext(context.agent(), context.name() + " (overflow)", metrics, context.clock()),
                        settings.without("readers")
                                .given(Map.of(
                                        "capacity",
                                        Integer.toString(Math.max(1, read.overflowEvents())),
                                        "transactionCapacity",
                                        Integer.toString(
                                                Math.min(Math.max(1, read.overflowEvents()), read.transactionEvents())),
                                        "keep-alive",
                                        "3",
                                        "byteCapacity",
                                        "0")));
        settings.ignored("memoryCapacity and overflowCapacity say how much fits in", "capacity");
        settings.ignored("overflowTimeout says how long a put waits", "keep-alive");
        settings.note(
                "type",
                "what is in its memory is lost when the process ends; type = file loses nothing and is no slower");
        Overflow overflow = read.canSpill() ? new Overflow(disk, metrics, registry) : null;
        return new SpillableChannel(context, read, overflow, new DaemonTimer("channel-" + context.name()));
    }
}
