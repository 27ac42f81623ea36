package org.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.millrace.testkit.process.EventServer;
import org.millrace.testkit.process.FreePorts;

/** The client over real connections. */
class RelayClientSocketTest {
    private static final byte[] IPV6_LOOPBACK = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

    private static final ConnectionSettings PATIENT =
            new ConnectionSettings(Duration.ofHours(1), Duration.ofHours(1), OptionalInt.empty());

    private final EventLoops loops = EventLoops.ofThreads(1);
    private final BodyRecorder recorder = new BodyRecorder();
    private EventServer server;
    private RelayClient client;

    @AfterEach
    void close() throws IOException {
        if (client != null) {
            client.close();
        }
        if (server != null) {
            server.close();
        }
        loops.close();
    }

    @Test
    void aRelayThatIsStartedAnewIsFoundAgain() throws Exception {
        server = new EventServer(FreePorts.next(), recorder);
        int port = server.port();
        open(ClientSettings.builder("127.0.0.1:" + port));
        client.append(Event.ofText("before"));
        server.close();
        assertThatThrownBy(() -> client.append(Event.ofText("meanwhile"))).isInstanceOf(AppendException.class);
        server = new EventServer(port, recorder);
        await().ignoreExceptionsInstanceOf(AppendException.class).until(() -> {
            client.append(Event.ofText("after"));
            return true;
        });
        assertThat(recorder.bodies()).contains("before", "after");
    }

    @Test
    void aFailoverClientPassesByAHostThatDoesNotAnswerItsName() throws Exception {
        server = new EventServer(0, recorder);
        open(ClientSettings.builder("no-such-host.invalid:1", "127.0.0.1:" + server.port())
                .failover());
        client.append(Event.ofText("one"));
        assertThat(recorder.bodies()).containsExactly("one");
    }

    @Test
    void manyBatchesAreOnTheirWayAtATimeAndArriveInOrder() throws Exception {
        server = new EventServer(0, recorder);
        open(ClientSettings.builder("127.0.0.1:" + server.port()));
        CompletableFuture<?>[] batches = new CompletableFuture<?>[500];
        for (int i = 0; i < batches.length; i++) {
            batches[i] = client.appendAsync(List.of(Event.ofText("a" + i), Event.ofText("b" + i)));
        }
        CompletableFuture.allOf(batches).get(60, TimeUnit.SECONDS);
        assertThat(recorder.bodies()).hasSize(1000).startsWith("a0", "b0", "a1", "b1", "a2");
        for (int i = 0; i < batches.length; i++) {
            assertThat(recorder.bodies().get(2 * i)).isEqualTo("a" + i);
        }
    }

    @Test
    void anIpv6LiteralIsReached() throws Exception {
        InetAddress loopback = InetAddress.getByAddress(IPV6_LOOPBACK);
        assumeTrue(NetworkInterface.getByInetAddress(loopback) != null, "no IPv6 on this machine");
        try (ServerSocket ipv6Only = new ServerSocket(0, 5, loopback)) {
            open(ClientSettings.builder("[::1]:" + ipv6Only.getLocalPort()));
            client.connect();
            ipv6Only.setSoTimeout(60_000);
            ipv6Only.accept().close();
        }
    }

    @Test
    void everyAddressOfANameIsTried() throws Exception {
        InetAddress nobody = InetAddress.getByAddress(new byte[] {127, 0, 0, 2});
        InetAddress somebody = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        try (ServerSocket listener = new ServerSocket(0, 5, somebody)) {
            RelayAddress peer = new RelayAddress("two-addresses", listener.getLocalPort());
            Names names = new Names(host -> new InetAddress[] {nobody, somebody}, Thread::new);
            Connector connector = new Connector(peer, ConnectionSettings.DEFAULT, loops, names);
            try (RelayConnection connection = connector.connect().get(60, TimeUnit.SECONDS)) {
                assertThat(connection.isOpen()).isTrue();
            }
        }
    }

    @Test
    void aNameThatIsNotFoundInTimeFailsTheTry() {
        CountDownLatch never = new CountDownLatch(1);
        RelayAddress peer = new RelayAddress("slow-name", 1);
        ConnectionSettings settings =
                new ConnectionSettings(Duration.ofMillis(100), Duration.ofSeconds(60), OptionalInt.empty());
        Names names = new Names(
                host -> {
                    awaitUninterruptibly(never);
                    return new InetAddress[0];
                },
                Thread::new);
        assertThat(new Connector(peer, settings, loops, names).connect())
                .failsWithin(Duration.ofSeconds(60))
                .withThrowableThat()
                .withMessageContaining("slow-name:1: did not find the name's addresses within 100 ms");
        never.countDown();
    }

    @Test
    void aNameThatIsLookedUpWhenTheLoopsAreClosedFailsTheTryAtOnce() {
        CountDownLatch never = new CountDownLatch(1);
        Names names = new Names(
                host -> {
                    awaitUninterruptibly(never);
                    return new InetAddress[0];
                },
                Thread::new);
        EventLoops closing = EventLoops.ofThreads(1);
        CompletableFuture<RelayConnection> connecting =
                new Connector(new RelayAddress("slow-name", 1), PATIENT, closing, names).connect();
        assertThat(connecting).isNotDone();
        closing.close();
        assertThat(connecting)
                .isCompletedExceptionally()
                .failsWithin(Duration.ofSeconds(60))
                .withThrowableThat()
                .withMessageContaining("slow-name:1: the event loops are closed");
        never.countDown();
    }

    @Test
    void aLookUpForWhichThereIsNoThreadFailsTheTryAtOnce() {
        Names names = new Names(InetAddress::getAllByName, task -> {
            throw new InternalError("unable to create native thread");
        });
        assertThat(new Connector(new RelayAddress("name", 1), PATIENT, loops, names).connect())
                .isCompletedExceptionally()
                .failsWithin(Duration.ofSeconds(60))
                .withThrowableThat()
                .withMessageContaining("name:1: cannot look the name up: java.lang.InternalError: unable to create");
    }

    @Test
    void namesAreLookedUpOnThreadsOfTheLoopsOwnerWhichEndWithThem() throws Exception {
        server = new EventServer(0, recorder);
        List<Thread> threads = new CopyOnWriteArrayList<>();
        EventLoops owned = EventLoops.ofThreads(1, task -> {
            Thread thread = new Thread(task);
            threads.add(thread);
            return thread;
        });
        RelayConnection.connect(new RelayAddress("localhost", server.port()), PATIENT, owned)
                .get(60, TimeUnit.SECONDS);
        assertThat(threads).as("an event loop and a look-up").hasSize(2);
        owned.close();
        await().until(() -> threads.stream().noneMatch(Thread::isAlive));
    }

    @Test
    void aCallThatWouldWaitForItsOwnThreadIsRefused() throws Exception {
        server = new EventServer(0, recorder);
        open(ClientSettings.builder("127.0.0.1:" + server.port()));
        CompletableFuture<Void> followed =
                client.appendAsync(List.of(Event.ofText("one"))).thenRunAsync(this::appendOnTheLoop, loops.group());
        assertThatThrownBy(() -> followed.get(60, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("would wait on the event loop");
    }

    @Test
    void aHostThatNeverAnswersIsGivenUpAfterTheTimeout() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            open(ClientSettings.builder("127.0.0.1:" + silent.getLocalPort())
                    .timeouts(Duration.ofMillis(200), Duration.ofMillis(200)));
            assertThatThrownBy(() -> client.append(Event.ofText("one")))
                    .isInstanceOf(AppendException.class)
                    .hasMessageContaining("0 of 1 events are acknowledged")
                    .hasMessageContaining("within 200 ms");
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void appendOnTheLoop() {
        try {
            client.append(Event.ofText("two"));
        } catch (AppendException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void open(ClientSettings.Builder builder) {
        client = RelayClient.open(builder.build(), loops);
    }
}
