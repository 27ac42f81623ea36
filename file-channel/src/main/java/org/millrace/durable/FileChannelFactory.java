package org.millrace.durable;

import java.nio.file.Path;
import java.util.List;
import org.millrace.api.Channel;
import org.millrace.api.ChannelContext;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.support.DaemonTimer;

/** Makes file channels: all of Flume's keys are accepted, and ours. */
public final class FileChannelFactory implements ComponentFactory.OfChannel {
    /** Of all agents in this process, since they share its heap. */
    private static final CacheShare CACHES = new CacheShare(Runtime.getRuntime().maxMemory() / 4);

    @Override
    public List<String> typeNames() {
        return List.of("file", "org.apache.flume.channel.file.FileChannel");
    }

    @Override
    public String summary() {
        return "Holds events in a log on disk: an ack means that they are there; several sinks may read it each by itself";
    }

    @Override
    public Channel create(ChannelContext context, Settings settings) {
        FileChannelSettings read = FileChannelSettings.read(
                settings,
                Path.of(System.getProperty("user.home", ".")),
                Runtime.getRuntime().maxMemory(),
                CACHES);
        return new DurableChannel(
                context,
                read.limits(),
                read.readers(),
                read.waitForPositions(),
                new FileLog(context, read),
                new DaemonTimer("channel-" + context.name()));
    }
}
