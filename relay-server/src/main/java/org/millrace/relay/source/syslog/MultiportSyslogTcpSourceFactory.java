package org.millrace.relay.source.syslog;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
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

/** Makes syslog sources for connections to several ports, with Flume's keys and defaults, and limits of ours. */
public final class MultiportSyslogTcpSourceFactory implements ComponentFactory.OfSource {
    private static final String PORT_CHARSET = "charset.port.";

    @Override
    public List<String> typeNames() {
        return List.of("multiport_syslogtcp", "org.apache.flume.source.MultiportSyslogTCPSource");
    }

    @Override
    public String summary() {
        return "Takes syslog messages of RFC 3164 and RFC 5424 over TCP on several ports, each with its charset";
    }

    @Override
    public Source create(SourceContext context, Settings settings) {
        String host = SyslogSettings.host(settings);
        List<Integer> ports = settings.value(
                        "ports",
                        "ports separated by blanks, each 0 to 65535",
                        MultiportSyslogTcpSourceFactory::ports,
                        List.of(0))
                .about("the ports to listen on; 0 lets the system choose one")
                .required();
        int eventBytes = SyslogSettings.eventBytes(settings);
        int batchEvents = settings.integer("batchSize", 1, 1 << 20)
                .about("the most messages that are put into the channels at once, of those that came together")
                .orElse(100);
        int firstRead = settings.integer("readBufferBytes", 64, 64 << 10)
                .about("how many bytes the first read of a connection may bring; the next ones adapt to what comes")
                .orElse(1024);
        int eventLoops = TcpSettings.eventLoops(settings, "numProcessors");
        String portHeader = settings.string("portHeader")
                .about("the header that gets the port that a message came to; without it there is none")
                .orNull();
        SyslogSettings messages = SyslogSettings.read(settings);
        Charset charset = charset(settings, "charset.default", "what messages are written in");
        SyslogTcpSettings all = new SyslogTcpSettings(
                Dialect.MULTIPORT,
                ports,
                TlsSettings.server(settings),
                eventBytes,
                batchEvents,
                SyslogSettings.takesCounts(settings),
                firstRead,
                portHeader,
                charset,
                charsets(settings, ports),
                null,
                messages,
                StreamSettings.read(settings, host, eventLoops));
        return new SyslogTcpSource.Multiport(context, all, Transport.pausable());
    }

    private static List<Integer> ports(String text) {
        LinkedHashSet<Integer> ports = new LinkedHashSet<>();
        for (String word : text.trim().split("\\s+")) {
            int port = Integer.parseInt(word);
            if (port < 0 || port > TcpSettings.MAX_PORT || !ports.add(port)) {
                throw new IllegalArgumentException("not a port, or there twice: " + word);
            }
        }
        return new ArrayList<>(ports);
    }

    private static Map<Integer, Charset> charsets(Settings settings, List<Integer> ports) {
        settings.define(
                PORT_CHARSET + "<PORT>", "a character set, such as UTF-8", "what messages to that port are written in");
        Map<Integer, Charset> charsets = new HashMap<>();
        for (String port : settings.under(PORT_CHARSET).all().keySet()) {
            String key = PORT_CHARSET + port;
            if (ports.stream().noneMatch(known -> known.toString().equals(port))) {
                settings.problem(key, "no such port (expected: one of those in ports)");
            } else {
                charsets.put(
                        Integer.valueOf(port), charset(settings, key, "what messages to this port are written in"));
            }
        }
        return charsets;
    }

    private static Charset charset(Settings settings, String key, String meaning) {
        return settings.charset(key).about(meaning).orElse(StandardCharsets.UTF_8);
    }
}
