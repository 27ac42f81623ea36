package org.millrace.relay.source.syslog;

import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.Source;
import org.millrace.api.SourceContext;
import org.millrace.listener.StreamSettings;
import org.millrace.listener.TcpSettings;
import org.millrace.listener.Transport;
import org.millrace.listener.tls.TlsSettings;

/** Makes syslog sources for connections to one port, with Flume's keys and defaults, and limits of ours. */
public final class SyslogTcpSourceFactory implements ComponentFactory.OfSource {
    private static final int BATCH_EVENTS = 100;
    private static final int FIRST_READ_BYTES = 4096;

    @Override
    public List<String> typeNames() {
        return List.of("syslogtcp", "org.apache.flume.source.SyslogTcpSource");
    }

    @Override
    public String summary() {
        return "Takes syslog messages of RFC 3164 and RFC 5424 over TCP, in lines or with their length in front";
    }

    @Override
    public Source create(SourceContext context, Settings settings) {
        String host = SyslogSettings.host(settings);
        int port = TcpSettings.port(settings);
        int eventBytes = SyslogSettings.eventBytes(settings);
        SyslogSettings messages = SyslogSettings.read(settings);
        CustomFormat.Definition format = SyslogSettings.format(settings);
        boolean takesCounts = SyslogSettings.takesCounts(settings);
        int eventLoops = TcpSettings.eventLoops(settings, "threads");
        int batchEvents = settings.integer("batchSize", 1, 1 << 20)
                .about("the most messages that are put into the channels at once, of those that came together")
                .orElse(BATCH_EVENTS);
        SyslogTcpSettings all = new SyslogTcpSettings(
                Dialect.PLAIN,
                List.of(port),
                TlsSettings.server(settings),
                eventBytes,
                batchEvents,
                takesCounts,
                FIRST_READ_BYTES,
                null,
                null,
                Map.of(),
                format,
                messages,
                StreamSettings.read(settings, host, eventLoops));
        return new SyslogTcpSource(context, all, ZoneId.systemDefault(), Transport.pausable());
    }
}
