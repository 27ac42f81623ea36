package org.millrace.shipper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.millrace.client.ConnectionSettings;
import org.millrace.client.EventLoops;
import org.millrace.client.RelayAddress;
import org.millrace.client.RelayConnection;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.testkit.FakeRelay;
import org.millrace.testkit.process.FreePorts;

@Timeout(300)
class RelayOutletTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final EventLoops loops = EventLoops.ofThreads(1);
    private final EventBatch batch = batch();
    private FakeRelay relay;

    @BeforeEach
    void listen() throws IOException {
        relay = new FakeRelay();
    }

    @AfterEach
    void close() throws IOException {
        batch.release();
        relay.close();
        loops.close();
    }

    @Test
    void anInterruptWhileItConnectsLeavesNoConnectionBehind() throws Exception {
        CompletableFuture<RelayConnection> connecting = new CompletableFuture<>();
        RelayOutlet outlet = new RelayOutlet(List.of(address(relay.port())), host -> connecting, () -> {});
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> outlet.send(batch)).isInstanceOf(InterruptedException.class);

        RelayConnection late = connect(address(relay.port())).get(60, TimeUnit.SECONDS);
        connecting.complete(late);
        assertThat(late.closed()).succeedsWithin(LONG);
    }

    @Test
    void aHostThatIsAwayDoesNotHideARefusal() throws Exception {
        List<RelayAddress> hosts = List.of(address(relay.port()), address(FreePorts.next()));
        RelayOutlet outlet = new RelayOutlet(hosts, this::connect, () -> {});
        CompletableFuture<Void> sending = CompletableFuture.runAsync(
                () -> assertThatThrownBy(() -> outlet.send(batch)).isInstanceOf(RefusedException.class));
        int serial = relay.accept().readRequest().serial();
        relay.answer(serial, new byte[] {0, 0, 0, 0}, new byte[] {0}, new byte[] {0, 2}); // FAILED, with a handshake

        assertThat(sending).succeedsWithin(LONG);
        outlet.close();
    }

    @Test
    void aKeptConnectionThatThePeerHasClosedSaysNothingAboutTheBatch() throws Exception {
        RelayOutlet outlet = new RelayOutlet(List.of(address(relay.port())), this::connect, () -> {});
        CompletableFuture<Void> first = send(outlet);
        relay.answerFirstOk(relay.accept().readRequest().serial());
        assertThat(first).succeedsWithin(LONG);
        CompletableFuture<Void> second = send(outlet);
        relay.readRequest();
        relay.closeConnection();
        relay.answerFirstOk(relay.accept().readRequest().serial());
        assertThat(second).succeedsWithin(LONG);
        outlet.close();
    }

    @Test
    void aConnectionThatIsClosedOnABatchIsARefusal() throws Exception {
        RelayOutlet outlet = new RelayOutlet(List.of(address(relay.port())), this::connect, () -> {});
        CompletableFuture<Void> sending = send(outlet);
        relay.accept().readRequest();
        relay.closeConnection();
        assertThat(sending).failsWithin(LONG).withThrowableThat().withCauseInstanceOf(RefusedException.class);
        outlet.close();
    }

    @Test
    void anErrorOfAvroIsARefusal() throws Exception {
        RelayOutlet outlet = new RelayOutlet(List.of(address(relay.port())), this::connect, () -> {});
        CompletableFuture<Void> first = send(outlet);
        relay.answerFirstOk(relay.accept().readRequest().serial());
        assertThat(first).succeedsWithin(LONG);
        CompletableFuture<Void> second = send(outlet);
        relay.answerError(relay.readRequest().serial(), "no such event");
        int again = relay.accept().readRequest().serial();
        relay.answer(again, new byte[] {0, 0, 0, 0}, new byte[] {0}, new byte[] {1, 0, 2, 'n'});
        assertThat(second).failsWithin(LONG).withThrowableThat().withCauseInstanceOf(RefusedException.class);
        outlet.close();
    }

    @Test
    void aHostThatCannotBeReachedHasRefusedNothing() throws Exception {
        RelayOutlet outlet = new RelayOutlet(List.of(address(FreePorts.next())), this::connect, () -> {});
        assertThatThrownBy(() -> outlet.send(batch))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(RefusedException.class);
        outlet.close();
    }

    private CompletableFuture<Void> send(RelayOutlet outlet) {
        return CompletableFuture.runAsync(() -> {
            try {
                outlet.send(batch);
            } catch (IOException | InterruptedException e) {
                throw new CompletionException(e);
            }
        });
    }

    private CompletableFuture<RelayConnection> connect(RelayAddress host) {
        return RelayConnection.connect(host, ConnectionSettings.DEFAULT, loops);
    }

    private static RelayAddress address(int port) {
        return new RelayAddress("127.0.0.1", port);
    }

    private static EventBatch batch() {
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            builder.add(Map.of(), new byte[1]);
            return builder.build();
        }
    }
}
