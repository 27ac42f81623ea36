package org.millrace.relay.source.netcat;

import java.util.List;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.Source;
import org.millrace.api.SourceContext;
import org.millrace.listener.Transport;

/** Makes netcat sources, with Flume's keys and defaults, and limits of ours. */
public final class NetcatSourceFactory implements ComponentFactory.OfSource {
    @Override
    public List<String> typeNames() {
        return List.of("netcat", "org.apache.flume.source.NetcatSource");
    }

    @Override
    public String summary() {
        return "Takes each line of a TCP connection as an event, and answers OK once every required channel has it";
    }

    @Override
    public Source create(SourceContext context, Settings settings) {
        return new NetcatSource(context, NetcatSettings.read(settings), Transport.pausable());
    }
}
