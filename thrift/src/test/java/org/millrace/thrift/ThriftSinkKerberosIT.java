package org.millrace.thrift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.millrace.api.DeliveryException;
import org.millrace.api.StartException;
import org.millrace.testkit.PatientAwaits;
import org.millrace.testkit.process.FreePorts;

/** A sink with Kerberos whose KDC or keytab is not as it should be, or whose server is not who it says. */
class ThriftSinkKerberosIT extends KerberosFixture {
    @Test
    void aSinkStartsWithoutTheKdcAndDeliversOnceItIsThere() throws Exception {
        kdc.configure(FreePorts.next());
        try (SourceUnderTest source = source();
                SinkUnderTest sink = sink(source.port())) {
            assertThatThrownBy(() -> sink.deliver("one"))
                    .isInstanceOf(DeliveryException.class)
                    .hasMessageContaining("no connection to 127.0.0.1:" + source.port() + ": Kerberos: ")
                    .hasMessageContaining("client-principal: log in as joe@OURS.EXAMPLE with " + clientKeytab)
                    .hasMessageContaining("the KDC cannot be reached");
            assertThat(sink.channel.bodies()).containsExactly("one");

            kdc.configure(kdc.port());
            sink.drain();
            assertThat(source.inlet.bodies()).containsExactly("one");
        }
    }

    @Test
    void aKdcThatHangsHoldsASinkUpNoLongerThanItsConnectTimeout() throws Exception {
        try (ServerSocket hangs = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                SourceUnderTest source = source()) {
            kdc.configure(hangs.getLocalPort());
            try (SinkUnderTest sink = sink(source.port(), "connect-timeout", "1000")) {
                assertThatThrownBy(() -> sink.deliver("one"))
                        .hasStackTraceContaining("connect-timeout: the KDC has not answered within 1000 ms");
                assertThat(sink.channel.bodies()).containsExactly("one");
            }
        }
    }

    @Test
    void aKeytabWithAnotherKeyThanTheKdcEndsTheStart() throws Exception {
        Path old = kdc.keytab("changed");
        kdc.changeKey("changed");

        assertThatThrownBy(() -> sink(1, "client-principal", "changed@OURS.EXAMPLE", "client-keytab", old.toString()))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("sink k1: client-principal: log in as changed@OURS.EXAMPLE with " + old);
    }

    @Test
    void aRealmThatNobodyKnowsEndsTheStart() throws Exception {
        assertThatThrownBy(() ->
                        sink(1, "client-principal", "joe@OTHERS.EXAMPLE", "client-keytab", othersKeytab.toString()))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("sink k1: client-principal: log in as joe@OTHERS.EXAMPLE with " + othersKeytab)
                .hasMessageContaining("the Kerberos configuration names no KDC for the realm");
    }

    @Test
    void aServiceThatTheKdcDoesNotKnowIsNamed() throws Exception {
        try (SourceUnderTest source = source();
                SinkUnderTest sink = sink(source.port(), "server-principal", "flume/nowhere.example@OURS.EXAMPLE")) {
            assertThatThrownBy(() -> sink.deliver("one"))
                    .isInstanceOf(DeliveryException.class)
                    .hasMessageContaining("Kerberos: server-principal: no ticket for flume/nowhere.example: ")
                    .hasMessageContaining("the KDC does not know the service");
            assertThat(sink.channel.bodies()).containsExactly("one");
        }
    }

    @Test
    void aSinkWithKerberosBeforeASourceWithoutIsTurnedAwayAtOnce() throws Exception {
        try (SourceUnderTest source = new SourceUnderTest();
                SinkUnderTest sink = sink(source.port())) {
            assertThatThrownBy(() -> sink.deliver("one"))
                    .hasStackTraceContaining(
                            "the peer hung up during the handshake of Kerberos, which it may not speak");
            assertThat(source.count("connectionsRefused.kerberos")).isPositive();
        }
    }

    @Test
    void aServerThatIsNobodyIsNotBelieved() throws Exception {
        for (String answer : List.of(
                "05 00000000", // complete, without having shown anything
                "02 00000004 deadbeef",
                "03 00000002 6e6f", // "no"
                "02 7fffffff",
                "48545450",
                "")) {
            try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                    SinkUnderTest sink = sink(server.getLocalPort())) {
                byte[] bytes = HexFormat.of().parseHex(answer.replace(" ", ""));
                Thread acceptor = new Thread(() -> {
                    while (!server.isClosed()) {
                        answer(server, bytes);
                    }
                });
                acceptor.start();
                assertThatThrownBy(() -> sink.deliver("secret")).isInstanceOf(DeliveryException.class);
                assertThat(sink.channel.bodies()).as(answer).containsExactly("secret");
                server.close();
                acceptor.join(PatientAwaits.LIMIT.toMillis());
            }
        }
    }

    private static void answer(ServerSocket server, byte[] bytes) {
        try (Socket socket = server.accept()) {
            socket.getInputStream().readNBytes(20);
            socket.getOutputStream().write(bytes);
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
        } catch (IOException e) {
            return; // the sink hangs up as it likes
        }
    }
}
