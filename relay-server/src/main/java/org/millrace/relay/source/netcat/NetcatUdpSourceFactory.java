package org.millrace.relay.source.netcat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.Source;
import org.millrace.api.SourceContext;
import org.millrace.listener.DatagramSettings;
import org.millrace.listener.Transport;

/** Makes netcat sources for datagrams, with Flume's keys and limits of ours. */
public final class NetcatUdpSourceFactory implements ComponentFactory.OfSource {
    /** What Flume's code reads, and what its documentation calls the same. */
    private static final String HEADER = "remoteAddress";

    private static final String DOCUMENTED_HEADER = "remoteAddressHeader";

    @Override
    public List<String> typeNames() {
        return List.of("netcatudp", "org.apache.flume.source.NetcatUdpSource");
    }

    @Override
    public String summary() {
        return "Takes the first line of each UDP datagram as an event";
    }

    @Override
    public Source create(SourceContext context, Settings settings) {
        DatagramSettings datagrams = DatagramSettings.read(settings, "bind");
        return new NetcatUdpSource(context, datagrams, header(settings), Transport.best());
    }

    private static @Nullable String header(Settings settings) {
        String header = settings.string(HEADER)
                .about("the header that gets the sender's address and port; without it there is none")
                .orNull();
        String documented = settings.string(DOCUMENTED_HEADER)
                .about("another name for remoteAddress")
                .orNull();
        if (header != null && documented != null && !header.equals(documented)) {
            settings.problem(
                    DOCUMENTED_HEADER, documented + " (expected: the same as " + HEADER + ", or only one of the two)");
        }
        return header != null ? header : documented;
    }
}
