package org.millrace.relay.source.netcat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.millrace.api.Settings;
import org.millrace.listener.StreamSettings;
import org.millrace.listener.TcpSettings;

/**
 * What an operator may set.
 *
 * @param maxLineChars {@code max-line-length}: UTF-16 units with the line's end; a longer line ends the connection
 * @param acksEvents {@code ack-every-event}: whether each event that is stored is answered
 * @param encoding {@code encoding}: what lines are written in; bodies are UTF-8
 * @param batchEvents {@code batchSize}: the most lines that are put at once
 */
record NetcatSettings(
        int port, int maxLineChars, boolean acksEvents, Charset encoding, int batchEvents, StreamSettings stream) {
    private static final int MAX_LINE_CHARS = 1 << 26;

    static NetcatSettings read(Settings settings) {
        String bind = settings.host("bind")
                .about("the address to listen on, 0.0.0.0 for all")
                .required();
        int port = TcpSettings.port(settings);
        int maxLineChars = settings.integer("max-line-length", 1, MAX_LINE_CHARS)
                .about("the most characters of a line with its end; a longer one ends the connection")
                .orElse(512);
        boolean acks = settings.bool("ack-every-event")
                .about("whether each event that is stored is answered with OK; failures always are")
                .orElse(true);
        Charset encoding = settings.charset("encoding")
                .byDefault("utf-8")
                .about("what lines are written in; bodies are UTF-8")
                .orElse(StandardCharsets.UTF_8);
        int batchEvents = settings.integer("batchSize", 1, 1 << 20)
                .about("the most lines that are put into the channels at once, of those that came together")
                .orElse(100);
        int eventLoops = TcpSettings.eventLoops(settings, "threads");
        return new NetcatSettings(
                port, maxLineChars, acks, encoding, batchEvents, StreamSettings.read(settings, bind, eventLoops));
    }
}
