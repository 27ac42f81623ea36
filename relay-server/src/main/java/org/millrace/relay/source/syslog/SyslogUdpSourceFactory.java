package org.millrace.relay.source.syslog;

import java.time.ZoneId;
import java.util.List;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.Source;
import org.millrace.api.SourceContext;
import org.millrace.listener.DatagramSettings;
import org.millrace.listener.Transport;

/** Makes syslog sources for datagrams, with Flume's keys and defaults, and limits of ours. */
public final class SyslogUdpSourceFactory implements ComponentFactory.OfSource {
    @Override
    public List<String> typeNames() {
        return List.of("syslogudp", "org.apache.flume.source.SyslogUDPSource");
    }

    @Override
    public String summary() {
        return "Takes syslog messages of RFC 3164 and RFC 5424 over UDP, one of each datagram";
    }

    @Override
    public Source create(SourceContext context, Settings settings) {
        DatagramSettings datagrams = DatagramSettings.read(settings, "host");
        SyslogSettings messages = SyslogSettings.read(settings);
        CustomFormat.Definition format = SyslogSettings.format(settings);
        return new SyslogUdpSource(context, datagrams, messages, format, ZoneId.systemDefault(), Transport.best());
    }
}
