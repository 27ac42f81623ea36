package org.millrace.listener;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.millrace.api.SourceContext;
import org.millrace.api.SourceMetrics;
import org.millrace.testkit.RecordingInlet;
import org.slf4j.LoggerFactory;

class DatagramServerTest {
    private static final int ASKED_BYTES = 8192;
    private static final String LOOPBACK = "127.0.0.1";

    @ParameterizedTest
    @EnumSource(Transport.class)
    void theSystemIsAskedToHoldWhatReceiveBufferBytesSays(Transport transport) throws Exception {
        if (transport == Transport.best() || transport == Transport.NIO) {
            int byItself = receiveBuffer(transport, 0);
            int asked = receiveBuffer(transport, ASKED_BYTES);

            assertThat(asked).isBetween(ASKED_BYTES, 2 * ASKED_BYTES); // Linux adds as much for its own use
            assertThat(byItself).isGreaterThan(asked);
        }
    }

    private static int receiveBuffer(Transport transport, int bytes) throws Exception {
        SourceContext context = new SourceContext(
                "a", "r1", new RecordingInlet(), new SourceMetrics("r1", new MetricRegistry()), InstantSource.system());
        DatagramServer server = new DatagramServer(
                context, LoggerFactory.getLogger(DatagramServerTest.class), PendingBytes.UNLIMITED, transport);
        AtomicReference<Channel> port = new AtomicReference<>();
        try {
            server.start("datagrams", new DatagramSettings(LOOPBACK, 0, 1 << 20, bytes), (channel, names) -> {
                port.set(channel);
                return new ChannelInboundHandlerAdapter();
            });
            return port.get().config().getOption(ChannelOption.SO_RCVBUF);
        } finally {
            server.close();
        }
    }
}
