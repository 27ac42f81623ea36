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
    void noPortIsGivenTwiceAlsoByOneWhoseSliceIsUsedUp() {
        FreePorts ports = new FreePorts();
        assertThat(IntStream.range(0, 500).map(i -> ports.take())).doesNotHaveDuplicates();
    }

    /** Two of these are to each other as two processes are: what keeps them apart is who listens. */
    @Test
    void twoThatAskInTurnNeverGetTheSame() {
        FreePorts one = new FreePorts();
        FreePorts other = new FreePorts();
        assertThat(IntStream.range(0, 500).map(i -> i % 2 == 0 ? one.take() : other.take()))
                .doesNotHaveDuplicates();
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
