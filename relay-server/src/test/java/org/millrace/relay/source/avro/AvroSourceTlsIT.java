package org.millrace.relay.source.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.millrace.testkit.TestCertificates.PASSWORD;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.zip.Inflater;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.client.ConnectionSettings;
import org.millrace.client.ConnectionSettings.CompressionLayer;
import org.millrace.client.EventLoops;
import org.millrace.client.RelayAddress;
import org.millrace.client.RelayConnection;
import org.millrace.codec.EventBatch;
import org.millrace.testkit.Batches;
import org.millrace.testkit.TestCertificates;
import org.millrace.tls.ClientTls;

class AvroSourceTlsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** Up to its first flush. */
    private static final int HELLO_BYTES = 401;

    private static final EventLoops LOOPS = EventLoops.ofThreads(1);

    private static TestCertificates authority;
    private static Path store;
    private static Path trust;

    @BeforeAll
    static void issue(@TempDir Path dir) throws IOException {
        authority = new TestCertificates(dir);
        store = authority.issue("server").store("JKS");
        trust = authority.trust("JKS");
    }

    @AfterAll
    static void close() {
        LOOPS.close();
    }

    private static SourceUnderTest source(String... more) throws Exception {
        List<String> keys =
                new ArrayList<>(List.of("ssl", "true", "keystore", store.toString(), "keystore-password", PASSWORD));
        keys.addAll(List.of(more));
        return new SourceUnderTest(keys.toArray(new String[0]));
    }

    @ParameterizedTest
    @CsvSource({"none, OUTSIDE_TLS", "deflate, OUTSIDE_TLS", "deflate, INSIDE_TLS"})
    void compressionIsFoundOnWhicheverSideOfTlsItIs(String compression, CompressionLayer layer) throws Exception {
        try (SourceUnderTest source = source("compression-type", compression);
                RelayConnection client = connect(source, compression, layer, Map.of())) {
            for (int batch = 0; batch < 20; batch++) {
                send(client, IntStream.range(0, 100).mapToObj(i -> "event " + i).toArray(String[]::new));
            }
            send(client, "x".repeat(1_000_000));

            assertThat(source.inlet.bodies()).hasSize(2001).endsWith("x".repeat(1_000_000));
            assertThat(source.count("tlsHandshakes")).isEqualTo(1);
        }
    }

    /** The other end of the recording has keys that nobody has any more, so it is the begin of the handshake that is told by. */
    @Test
    void aRecordedClientThatCompressesAroundTlsIsAnsweredInKind() throws Exception {
        byte[] hello = Arrays.copyOf(RawClient.capture("13-ssl-deflate.c2s"), HELLO_BYTES);
        Inflater inflater = new Inflater();
        try (SourceUnderTest source = source("compression-type", "deflate");
                RawClient client = source.client()) {
            client.send(hello);

            inflater.setInput(client.receive(200));
            byte[] records = new byte[5];
            assertThat(inflater.inflate(records)).isEqualTo(5);
            assertThat(records).as("a record of a TLS handshake").startsWith(0x16, 3, 3);
        } finally {
            inflater.end();
        }
    }

    @Test
    void aPlainClientOfATlsSourceIsDisconnectedCountedAndDoesNotHarmOthers() throws Exception {
        try (SourceUnderTest source = source();
                RawClient plain = source.client();
                RelayConnection good = connect(source, "none", CompressionLayer.OUTSIDE_TLS, Map.of())) {
            plain.send(RawClient.capture("01-append-1.c2s"));

            assertThat(plain.isClosedByServer()).isTrue();
            await().until(() -> source.count("connectionsRefused.tls") == 1);
            send(good, "hello");
            assertThat(source.inlet.bodies()).containsExactly("hello");
            assertThat(source.metrics.openConnections.getCount()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "deflate"})
    void aTlsClientOfAPlainSourceIsDisconnected(String compression) throws Exception {
        try (SourceUnderTest source = new SourceUnderTest("compression-type", compression)) {
            assertThatThrownBy(() -> connect(source, "none", CompressionLayer.OUTSIDE_TLS, Map.of()))
                    .hasMessageContaining("TLS: the peer hung up during the handshake");
        }
    }

    @Test
    void aCompressingClientOfATlsSourceThatDoesNotIsDisconnected() throws Exception {
        try (SourceUnderTest source = source()) {
            assertThatThrownBy(() -> connect(source, "deflate", CompressionLayer.OUTSIDE_TLS, Map.of()))
                    .hasMessageContaining("TLS: the peer hung up during the handshake");
            await().until(() -> source.count("connectionsRefused.tls") == 1);
        }
    }

    @Test
    void whatIsNoStreamBehindItsFirstTwoBytesIsRefusedOnce() throws Exception {
        try (SourceUnderTest source = source("compression-type", "deflate");
                RawClient client = source.client()) {
            client.send(new byte[] {0x78, (byte) 0x9c, -1, -1, -1, -1, -1, -1});

            await().until(() -> source.count("framesRefused.malformed") == 1);
            await().until(() -> source.metrics.openConnections.getCount() == 0);
            assertThat(source.count("connectionsRefused.tls")).isZero();
        }
    }

    @Test
    void aClientWithoutACertificateIsTurnedAwayWhereOneIsRequired() throws Exception {
        Path own = authority.issue("client").store("PKCS12");
        try (SourceUnderTest source = source("client-auth", "required", "truststore", trust.toString())) {
            Map<String, String> keys =
                    Map.of("keystore", own.toString(), "keystore-password", PASSWORD, "keystore-type", "PKCS12");
            try (RelayConnection known = connect(source, "none", CompressionLayer.OUTSIDE_TLS, keys)) {
                send(known, "hello");
            }
            assertThatThrownBy(() -> {
                        try (RelayConnection nobody = connect(source, "none", CompressionLayer.OUTSIDE_TLS, Map.of())) {
                            send(nobody, "I am nobody");
                        }
                    })
                    .hasMessageContaining("TLS: ");
            await().until(() -> source.count("connectionsRefused.tls") == 1);
            assertThat(source.inlet.bodies()).containsExactly("hello");
        }
    }

    @Test
    void aClosingSourceAnswersWhatItHasAndDoesNotWaitForWhoHasNotShakenHands() throws Exception {
        SourceUnderTest source = source("handshakeTimeout", "3600");
        try (RelayConnection client = connect(source, "none", CompressionLayer.OUTSIDE_TLS, Map.of());
                RawClient halfway = source.client()) {
            halfway.send(new byte[] {0x16, 3, 1, 2, 0, 1});
            await().until(() -> source.metrics.openConnections.getCount() == 2);
            source.inlet.hold();
            EventBatch batch = Batches.of("last");
            CompletableFuture<Void> answered = client.append(List.of(batch));
            batch.release();
            await().until(() -> source.inlet.heldBatches() == 1);
            CompletableFuture<Void> closing = CompletableFuture.runAsync(source::close);
            assertThat(halfway.isClosedByServer()).isTrue();
            source.inlet.release();
            answered.get(60, TimeUnit.SECONDS);
            closing.get(60, TimeUnit.SECONDS);
        }
    }

    private static RelayConnection connect(
            SourceUnderTest source, String compression, CompressionLayer layer, Map<String, String> keys)
            throws Exception {
        Map<String, String> all =
                new HashMap<>(Map.of("truststore", trust.toString(), "truststore-password", PASSWORD));
        all.putAll(keys);
        OptionalInt level = compression.equals("deflate") ? OptionalInt.of(6) : OptionalInt.empty();
        ConnectionSettings settings =
                new ConnectionSettings(PATIENCE, PATIENCE, level).withTls(ClientTls.of(all), layer);
        RelayAddress peer = new RelayAddress("127.0.0.1", source.address().getPort());
        return RelayConnection.connect(peer, settings, LOOPS).get(60, TimeUnit.SECONDS);
    }

    private static void send(RelayConnection client, String... bodies) throws Exception {
        EventBatch batch = Batches.of(bodies);
        try {
            client.append(List.of(batch)).get(60, TimeUnit.SECONDS);
        } finally {
            batch.release();
        }
    }
}
