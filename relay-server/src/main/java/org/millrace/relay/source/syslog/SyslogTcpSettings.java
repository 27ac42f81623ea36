package org.millrace.relay.source.syslog;

import java.nio.charset.Charset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.millrace.listener.StreamSettings;
import org.millrace.tls.ServerTls;

/**
 * What an operator may set for the sources that take connections.
 *
 * @param ports to listen on
 * @param tls {@code ssl} and the other keys of TLS; null without
 * @param eventBytes {@code eventSize}
 * @param batchEvents {@code batchSize}
 * @param takesCounts {@code octetCounting}
 * @param firstReadBytes {@code readBufferBytes}
 * @param portHeader {@code portHeader}: gets the port that a message came to
 * @param charset {@code charset.default}; null if bytes are taken as they are
 * @param charsets {@code charset.port.N}, by port
 * @param format {@code format.*}
 */
record SyslogTcpSettings(
        Dialect dialect,
        List<Integer> ports,
        @Nullable ServerTls tls,
        int eventBytes,
        int batchEvents,
        boolean takesCounts,
        int firstReadBytes,
        @Nullable String portHeader,
        @Nullable Charset charset,
        Map<Integer, Charset> charsets,
        CustomFormat.@Nullable Definition format,
        SyslogSettings messages,
        StreamSettings stream) {}
