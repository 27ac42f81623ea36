package org.millrace.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FreePortsTest {
    @Test
    void noPortIsGivenTwice() {
        assertThat(IntStream.range(0, 1000).map(i -> FreePorts.next())).doesNotHaveDuplicates();
    }

    @Test
    void aPortThatIsTakenByEitherProtocolIsNotFree() throws IOException {
        int port = FreePorts.next();
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        assertThat(FreePorts.isFree(port)).isTrue();
        try (DatagramSocket udp = new DatagramSocket(address)) {
            assertThat(udp.isBound()).isTrue();
            assertThat(FreePorts.isFree(port)).isFalse();
        }
        try (ServerSocket tcp = new ServerSocket()) {
            tcp.bind(address);
            assertThat(FreePorts.isFree(port)).isFalse();
        }
    }
}
