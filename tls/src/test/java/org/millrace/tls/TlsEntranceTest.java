package org.millrace.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.millrace.testkit.TestCertificates.PASSWORD;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.testkit.TestCertificates;

/** Without sockets, and the time is the test's. */
class TlsEntranceTest {
    @TempDir
    private Path directory;

    private final List<String> refusals = new ArrayList<>();

    @Test
    void aPeerHasItsTimeOnlyWhileItIsReadFrom() throws Exception {
        EmbeddedChannel connection = new EmbeddedChannel();
        connection.freezeTime();
        connection.config().setAutoRead(false);
        connection.pipeline().addLast(server().entrance(listener(), "leaving", null));

        passSeconds(connection, 15);
        assertThat(refusals).isEmpty();

        connection.config().setAutoRead(true);
        passSeconds(connection, 9);
        assertThat(refusals).isEmpty();

        passSeconds(connection, 1);
        assertThat(refusals).containsExactly("no TLS handshake within 10000 ms");
        assertThat(connection.isOpen()).isFalse();
    }

    @Test
    void aPeerThatHasBegunToSpeakGetsNoMoreTime() throws Exception {
        EmbeddedChannel connection = new EmbeddedChannel();
        connection.freezeTime();
        connection.pipeline().addLast(server().entrance(listener(), "leaving", null));
        connection.read();
        passSeconds(connection, 9);
        connection.writeInbound(Unpooled.wrappedBuffer(new byte[] {0x16}));
        connection.read();

        passSeconds(connection, 1);

        assertThat(refusals).containsExactly("no TLS handshake within 10000 ms");
    }

    private static void passSeconds(EmbeddedChannel connection, int seconds) {
        connection.advanceTimeBy(seconds, TimeUnit.SECONDS);
        connection.runScheduledPendingTasks();
    }

    private ServerTls server() throws Exception {
        Path store = new TestCertificates(directory).issue("server").store("PKCS12");
        FakeKeys keys =
                new FakeKeys("ssl", "true", "keystore", store, "keystore-password", PASSWORD, "handshakeTimeout", "10");
        ServerTls tls = keys.server();
        assertThat(keys.problems).isEmpty();
        return tls;
    }

    private TlsListener listener() {
        return new TlsListener() {
            @Override
            public void secured(Channel peer) {
                // nobody gets so far
            }

            @Override
            public void refused(Channel peer, String why) {
                refusals.add(why);
            }

            @Override
            public void reloaded(String files) {
                // nor are there new stores
            }

            @Override
            public void notReloaded(String why) {
                // nor bad ones
            }
        };
    }
}
