package org.millrace.shipper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.testkit.FakeRelay;
import org.millrace.testkit.TestCertificates;

class TlsTest {
    @TempDir
    private Path directory;

    @Test
    void eventsGoThroughTlsWithTheKeysOfAFile() throws Exception {
        TestCertificates authority = new TestCertificates(directory);
        Path keys = Files.writeString(
                directory.resolve("tls.properties"),
                "truststore = " + authority.trustPem() + "\ntruststore-type = PEM\nverify-hostname = true\n");
        try (FakeRelay relay = new FakeRelay(authority.issue("relay").listen());
                LogShipper shipper =
                        new LogShipper("test", settings(relay.port()).withTls(keys), new Silent())) {
            shipper.start();
            shipper.ship(Map.of(), "hello".getBytes(UTF_8));
            FakeRelay.Request request = relay.accept().readRequest();
            assertThat(request.parameters()).isEqualTo("02000a68656c6c6f00");
            relay.answerFirstOk(request.serial());

            await().atMost(Duration.ofSeconds(60)).until(() -> shipper.shipped() == 1);
        }
    }

    @Test
    void whatIsWrongWithTheFileIsNamed() throws Exception {
        Path none = directory.resolve("none");
        assertThatThrownBy(() -> settings(1).withTls(none)).hasMessage("tls: " + none + ": there is no such file");
        Path bad = Files.writeString(directory.resolve("bad"), "truststore = nowhere\n");
        assertThatThrownBy(() -> settings(1).withTls(bad))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tls: " + bad
                        + ": truststore: nowhere: there is no such file (expected: a file that can be read)");
    }

    private static ShipperSettings settings(int port) {
        return ShipperSettings.of("127.0.0.1:" + port, 60_000, 100, 100, 1_000_000, "drop-newest", 60_000);
    }

    private static final class Silent implements ShipperListener {
        @Override
        public void warn(String message, @Nullable Throwable cause) {
            // the test waits for the event
        }

        @Override
        public void info(String message) {
            // likewise
        }
    }
}
