package org.millrace.shipper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.millrace.client.EventLoops;
import org.millrace.codec.EventBatch;
import org.millrace.testkit.Batches;

@Timeout(300)
class LogShipperTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORTEST_PAUSE = Duration.ofNanos(10_000);

    private final FakeOutlet outlet = new FakeOutlet();
    private final List<String> said = new CopyOnWriteArrayList<>();
    private LogShipper shipper;

    @AfterEach
    void close() {
        outlet.hold = null;
        outlet.down = false;
        outlet.refused = "";
        outlet.breaks = "";
        outlet.isOverloaded = events -> false;
        outlet.isAway = events -> false;
        if (shipper != null) {
            shipper.close();
        }
    }

    @Test
    void eventsArriveInOrder() {
        start(100, 1000, WhenFull.DROP_NEWEST, LONG);
        ship(1, 250);
        await().until(() -> shipper.shipped() == 250);

        assertThat(outlet.bodies).isEqualTo(bodies(1, 250));
        assertThat(shipper.waiting()).isZero();
        assertThat(shipper.dropped()).isZero();
        assertThat(said).isEmpty();
    }

    @Test
    void aRelayThatIsAwayGetsThemLaterAndOneLineTells() {
        start(100, 1000, WhenFull.DROP_NEWEST, LONG);
        outlet.down = true;
        ship(1, 5);
        await().until(() -> outlet.tries.get() > 3);
        outlet.down = false;
        await().until(() -> shipper.shipped() == 5);

        assertThat(outlet.bodies).isEqualTo(bodies(1, 5));
        assertThat(said).hasSize(2);
        assertThat(said.get(0)).startsWith("warn: test: events are not stored, and wait: the relay is away");
        assertThat(said.get(1)).startsWith("info: test: events are stored again");
    }

    @Test
    void whatFindsNoRoomIsDroppedAndCounted() throws Exception {
        holdOne(WhenFull.DROP_NEWEST);
        ship(2, 5); // room for two more

        assertThat(shipper.dropped()).isEqualTo(3);
        assertThat(said).singleElement().asString().contains("the buffer is full or closed; events are dropped");
        outlet.hold.countDown();
        await().until(() -> shipper.shipped() == 3);
        assertThat(outlet.bodies).containsExactly("1", "2", "3");
    }

    @Test
    void theOldestMakeRoomWhereThatIsSet() throws Exception {
        holdOne(WhenFull.DROP_OLDEST);
        ship(2, 5);

        assertThat(shipper.dropped()).isEqualTo(3);
        outlet.hold.countDown();
        await().until(() -> shipper.shipped() == 3);
        assertThat(outlet.bodies).as("what was on its way is not taken back").containsExactly("1", "5", "6");
    }

    @Test
    void whoLogsWaitsForRoomWhereThatIsSet() throws Exception {
        holdOne(WhenFull.BLOCK);
        ship(2, 2);
        CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> ship(4, 1));
        await().until(() -> shipper.waiting() == 3);
        assertThat(waiting).isNotDone();
        outlet.hold.countDown();

        assertThat(waiting).succeedsWithin(LONG);
        await().until(() -> shipper.shipped() == 4);
        assertThat(shipper.dropped()).isZero();
    }

    @Test
    void nobodyWaitsForAShipperThatCloses() throws Exception {
        holdOne(WhenFull.BLOCK, Duration.ZERO);
        ship(2, 2);
        CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> ship(4, 1));
        shipper.close();

        assertThat(waiting).succeedsWithin(LONG);
        assertThat(shipper.dropped()).as("none is forgotten in the count").isEqualTo(4);
        assertThat(shipper.shipped()).isZero();
    }

    @Test
    void whatAnInterruptedThreadLogsIsDelivered() {
        start(10, 1000, WhenFull.BLOCK, LONG);
        Thread.currentThread().interrupt();
        ship(1, 1);

        assertThat(Thread.interrupted()).isTrue();
        await().until(() -> shipper.shipped() == 1);
        assertThat(shipper.dropped()).isZero();
    }

    @Test
    void anInterruptedThreadDoesNotWaitForRoomAndThatIsTold() throws Exception {
        holdOne(WhenFull.BLOCK);
        ship(2, 2);
        Thread.currentThread().interrupt();
        ship(4, 1);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(shipper.dropped()).isEqualTo(1);
        assertThat(said)
                .containsExactly("warn: test: a thread was interrupted while it waited for room; events are dropped,"
                        + " 1 so far");
        outlet.hold.countDown();
    }

    @Test
    void anInterruptThatIsNotItsOwnDoesNotEndTheSender() throws Exception {
        holdOne(WhenFull.DROP_NEWEST);
        outlet.sender.interrupt();
        await().until(() -> outlet.tries.get() == 2);
        outlet.hold.countDown();
        await().until(() -> shipper.shipped() == 1);
        outlet.sender.interrupt(); // while it waits for events
        ship(2, 2);

        await().until(() -> shipper.shipped() == 3);
        assertThat(outlet.bodies).containsExactly("1", "2", "3");
        assertThat(shipper.dropped()).isZero();
    }

    @Test
    void anEventThatIsRefusedAloneIsGivenUpWhileOthersAreTaken() {
        outlet.refused = "50";
        start(100, 1000, WhenFull.DROP_NEWEST, LONG);
        ship(1, 100);

        await().until(() -> shipper.waiting() == 0);
        assertThat(shipper.shipped()).isEqualTo(99);
        assertThat(shipper.dropped()).isEqualTo(1);
        List<String> others = new ArrayList<>(bodies(1, 100));
        others.remove("50");
        assertThat(outlet.bodies).isEqualTo(others);
        assertThat(said)
                .contains("warn: test: relays take others, and not an event of 2 bytes: refused; events are dropped,"
                        + " 1 so far");
    }

    @Test
    void anEventThatCannotBeSentIsGivenUpWhileOthersAre() {
        outlet.breaks = "50";
        start(100, 1000, WhenFull.DROP_NEWEST, LONG);
        ship(1, 100);

        await().until(() -> shipper.waiting() == 0);
        assertThat(shipper.shipped()).isEqualTo(99);
        assertThat(shipper.dropped()).isEqualTo(1);
        assertThat(said).anyMatch(line -> line.contains("not an event of 2 bytes: integer overflow"));
    }

    @Test
    void anEventThatCannotBeEncodedIsDroppedAloneAndAtOnce() {
        shipper = shipper(10, 1000, 1 << 20, WhenFull.DROP_NEWEST, LONG);
        ship(1, 3);
        for (int i = 0; i < 2; i++) {
            Map<String, String> headers = new HashMap<>(Map.of("k", "v"));
            shipper.ship(headers, "bad".getBytes(UTF_8));
            headers.put("k", null);
        }
        ship(4, 3);
        shipper.start();

        await().until(() -> shipper.waiting() == 0);
        assertThat(shipper.shipped()).isEqualTo(6);
        assertThat(shipper.dropped()).isEqualTo(2);
        assertThat(outlet.bodies).isEqualTo(bodies(1, 6));
        assertThat(said).singleElement().asString().startsWith("warn: test: an event cannot be encoded: ");
    }

    @Test
    void whatCannotEvenBeTakenOverIsDroppedAndWhoLogsHearsNothing() {
        start(10, 1000, WhenFull.DROP_NEWEST, LONG);
        Map<String, String> headers = new HashMap<>();
        headers.put("k", null);
        shipper.ship(headers, "bad".getBytes(UTF_8));
        shipper.dropUnencodable(new IllegalStateException("of a layout"));

        assertThat(shipper.dropped()).isEqualTo(2);
        assertThat(said).hasSize(1);
    }

    @Test
    void anEventThatIsRefusedAloneIsKeptWhileFewOthersAreTaken() {
        outlet.refused = "1";
        start(1, 1000, WhenFull.DROP_NEWEST, LONG);
        ship(1, 1);
        await().until(() -> outlet.tries.get() > 7);
        assertThat(shipper.waiting()).isEqualTo(1);
        ship(2, 9);
        await().until(() -> shipper.shipped() == 9);
        assertThat(shipper.dropped()).isZero();
        ship(11, 1);

        await().until(() -> shipper.dropped() == 1);
        assertThat(outlet.bodies).isEqualTo(bodies(2, 10));
    }

    @Test
    void severalThatAreRefusedInARowAreGivenUpToo() {
        outlet.refused = "[1-4]";
        start(2, 1000, WhenFull.DROP_NEWEST, LONG);
        ship(1, 50);

        await().until(() -> shipper.waiting() == 0);
        assertThat(shipper.dropped()).isEqualTo(4);
        assertThat(outlet.bodies).isEqualTo(bodies(5, 46));
    }

    @Test
    void aRelayThatRefusesAllForAWhileGetsAllInTheEnd() {
        outlet.refused = ".*";
        start(10, 1000, WhenFull.DROP_NEWEST, LONG);
        ship(1, 30);
        await().until(() -> outlet.tries.get() > 14);
        outlet.refused = "";

        await().until(() -> shipper.shipped() == 30);
        assertThat(outlet.bodies).containsExactlyInAnyOrderElementsOf(bodies(1, 30));
        assertThat(shipper.dropped()).isZero();
    }

    @Test
    void aRelayThatTakesOneEventInFourByChanceGetsAll() {
        Random chance = new Random(7);
        overload(events -> chance.nextInt(4) > 0 || events > 1);
    }

    @Test
    void aRelayThatTakesEveryOtherRequestGetsAll() {
        AtomicInteger requests = new AtomicInteger();
        overload(events -> requests.getAndIncrement() % 2 == 0 || events > 1);
    }

    @Test
    void aRelayThatRestartsNowAndThenGetsAll() {
        Random chance = new Random(7);
        outlet.isAway = events -> chance.nextInt(3) == 0;
        overload(events -> chance.nextInt(3) == 0);
    }

    /** The relay is in want of room; nothing is wrong with any event. The requests are the same in each run. */
    private void overload(IntPredicate isOverloaded) {
        outlet.isOverloaded = isOverloaded;
        shipper = shipper(10, 1000, 1 << 20, WhenFull.DROP_NEWEST, LONG, SHORTEST_PAUSE);
        ship(1, 200);
        shipper.start();

        await().until(() -> shipper.waiting() == 0);
        assertThat(shipper.dropped()).isZero();
        assertThat(outlet.bodies).containsExactlyInAnyOrderElementsOf(bodies(1, 200));
    }

    @Test
    void theOldestMakeRoomAlsoWhileARelayRefusesAll() {
        outlet.refused = ".*";
        shipper = shipper(2, 100, 1 << 20, WhenFull.DROP_OLDEST, LONG, SHORTEST_PAUSE);
        ship(1, 100);
        shipper.start();
        await().until(() -> outlet.tries.get() > 300); // it has tried all that it would
        ship(101, 20);
        outlet.refused = "";

        await().until(() -> shipper.waiting() == 0);
        assertThat(shipper.dropped()).isEqualTo(20);
        assertThat(outlet.bodies).as("the newest are kept").containsAll(bodies(101, 20));
    }

    @Test
    void anErrorWhileItSendsIsAFailureAsAnyOther() {
        outlet.broken = new OutOfMemoryError("Cannot reserve 4194304 bytes of direct buffer memory");
        start(10, 1000, WhenFull.DROP_NEWEST, LONG);
        ship(1, 3);

        await().until(() -> shipper.shipped() == 3);
        assertThat(outlet.bodies).isEqualTo(bodies(1, 3));
        assertThat(shipper.dropped()).isZero();
        assertThat(said)
                .first()
                .asString()
                .startsWith("warn: test: events are not stored, and wait: Cannot reserve 4194304 bytes");
    }

    @Test
    void whatAnApplicationLogsOnThreadsOfTheClientIsShipped() throws Exception {
        shipper = new LogShipper("test", settings("127.0.0.1:1", "block"), new Notes());
        Thread application = new Thread(() -> ship(1, 1), "relay-client-shared-1");
        application.start();
        application.join();

        assertThat(shipper.waiting()).isEqualTo(1);
    }

    @Test
    void whatThreadsOfAnyShipperLogIsLeftOut() {
        shipper = shipper(10, 1000, 1 << 20, WhenFull.DROP_NEWEST, LONG);
        outlet.logsItself = true;
        try (EventLoops loop = ShipperThread.loop("other");
                LogShipper other = new LogShipper(
                        "other", settings("unused:1", "block"), outlet, new Notes(), Duration.ofMillis(1))) {
            CompletableFuture.runAsync(() -> ship(1, 1), loop.executors().get(0))
                    .join();
            other.start();
            other.ship(Map.of(), "1".getBytes(UTF_8));
            await().until(() -> other.shipped() == 1);
        }
        assertThat(shipper.waiting()).isZero();
    }

    @Test
    void theBufferIsBoundedByBytesToo() throws Exception {
        outlet.hold = new CountDownLatch(1);
        shipper = shipper(1, 1000, 2000, WhenFull.DROP_NEWEST, LONG);
        shipper.start();
        shipper.ship(Map.of(), new byte[1000]);
        shipper.ship(Map.of(), new byte[1000]);
        shipper.ship(Map.of(), new byte[5000]);

        assertThat(shipper.dropped()).isEqualTo(2);
        assertThat(shipper.waiting()).isEqualTo(1);
        outlet.hold.countDown();
    }

    @Test
    void closingSendsWhatIsInTheBuffer() {
        outlet.down = true;
        start(10, 1000, WhenFull.DROP_NEWEST, LONG);
        ship(1, 100);
        await().until(() -> outlet.tries.get() > 0);
        outlet.down = false;
        shipper.close();

        assertThat(outlet.bodies).isEqualTo(bodies(1, 100));
        assertThat(shipper.dropped()).isZero();
        assertThat(outlet.closed).isTrue();
    }

    @Test
    void closingGivesUpWhenItsTimeIsUpAndSaysHowMuch() {
        outlet.down = true;
        start(10, 1000, WhenFull.DROP_NEWEST, Duration.ofMillis(50));
        ship(1, 100);
        shipper.close();
        shipper.close();

        assertThat(shipper.dropped()).isEqualTo(100);
        assertThat(said).last().asString().isEqualTo("warn: test: stopped; 0 events stored, 100 dropped");
        ship(101, 1);
        assertThat(shipper.dropped()).isEqualTo(101);
    }

    @Test
    void whatItsOwnThreadsLogIsLeftOut() {
        start(10, 1000, WhenFull.BLOCK, LONG);
        outlet.logsItself = true;
        ship(1, 3);
        await().until(() -> shipper.shipped() == 3);
        shipper.close();

        assertThat(outlet.bodies).containsExactly("1", "2", "3");
        assertThat(shipper.dropped()).isZero();
    }

    @Test
    void settingsAreRefusedByName() {
        assertThatThrownBy(() -> settings("relay", "block"))
                .hasMessage("relay (expected: host:port, an IPv6 address in brackets)");
        assertThatThrownBy(() -> settings("", "block")).hasMessageStartingWith("hosts: none (expected: host:port");
        assertThatThrownBy(() -> settings("a:1", "wait"))
                .hasMessage("whenFull: wait (expected: drop-newest, drop-oldest, block)");
        assertThat(settings("a:1  b:2", "Drop_Oldest").hosts()).hasSize(2);
        assertThatThrownBy(() -> ShipperSettings.of("a:1", 1, 1, 0, 1, "block", 0))
                .hasMessage("maxEvents: 0 (expected: at least 1)");
    }

    private static ShipperSettings settings(String hosts, String whenFull) {
        return ShipperSettings.of(hosts, 1000, 10, 10, 1000, whenFull, 0);
    }

    private void holdOne(WhenFull whenFull) throws InterruptedException {
        holdOne(whenFull, LONG);
    }

    /** Event 1 is on its way, and two more have room. */
    private void holdOne(WhenFull whenFull, Duration flushTimeout) throws InterruptedException {
        outlet.hold = new CountDownLatch(1);
        start(1, 3, whenFull, flushTimeout);
        ship(1, 1);
        outlet.entered.await();
    }

    private void start(int batchEvents, int maxEvents, WhenFull whenFull, Duration flushTimeout) {
        shipper = shipper(batchEvents, maxEvents, 1 << 20, whenFull, flushTimeout);
        shipper.start();
    }

    private LogShipper shipper(
            int batchEvents, int maxEvents, long maxBytes, WhenFull whenFull, Duration flushTimeout) {
        return shipper(batchEvents, maxEvents, maxBytes, whenFull, flushTimeout, Duration.ofMillis(1));
    }

    private LogShipper shipper(
            int batchEvents,
            int maxEvents,
            long maxBytes,
            WhenFull whenFull,
            Duration flushTimeout,
            Duration firstPause) {
        ShipperSettings settings = ShipperSettings.of(
                "unused:1", 1000, batchEvents, maxEvents, maxBytes, whenFull.name(), flushTimeout.toMillis());
        return new LogShipper("test", settings, outlet, new Notes(), firstPause);
    }

    private void ship(int first, int events) {
        for (String body : bodies(first, events)) {
            shipper.ship(Map.of("k", "v"), body.getBytes(UTF_8));
        }
    }

    private static List<String> bodies(int first, int events) {
        return IntStream.range(first, first + events)
                .mapToObj(Integer::toString)
                .toList();
    }

    private final class Notes implements ShipperListener {
        @Override
        public void warn(String message, Throwable cause) {
            said.add("warn: " + message);
        }

        @Override
        public void info(String message) {
            said.add("info: " + message);
        }
    }

    private final class FakeOutlet implements Outlet {
        private final List<String> bodies = new CopyOnWriteArrayList<>();
        private final CountDownLatch entered = new CountDownLatch(1);
        private volatile Thread sender;
        private volatile String refused = "";
        /** What cannot be sent, for a reason of ours. */
        private volatile String breaks = "";
        /** By how many events come in a request. */
        private volatile IntPredicate isAway = events -> false;
        /** By how many events come in a request. */
        private volatile IntPredicate isOverloaded = events -> false;
        /** Thrown once. */
        private volatile Error broken;

        private volatile boolean down;
        private volatile CountDownLatch hold;
        private final AtomicInteger tries = new AtomicInteger();
        private volatile boolean closed;
        private volatile boolean logsItself;

        @Override
        public void send(EventBatch batch) throws IOException, InterruptedException {
            tries.incrementAndGet();
            sender = Thread.currentThread();
            entered.countDown();
            CountDownLatch holding = hold;
            if (holding != null) {
                holding.await();
            }
            Error error = broken;
            if (error != null) {
                broken = null;
                throw error;
            }
            if (Batches.bodies(batch).stream().anyMatch(body -> body.matches(breaks))) {
                throw new ArithmeticException("integer overflow");
            }
            if (isAway.test(batch.events())) {
                throw new IOException("the relay is away");
            }
            if (isOverloaded.test(batch.events())) {
                throw new RefusedException("has no room");
            }
            if (Batches.bodies(batch).stream().anyMatch(body -> body.matches(refused))) {
                throw new RefusedException("refused");
            }
            if (down) {
                throw new IOException("the relay is away");
            }
            if (logsItself) {
                shipper.ship(Map.of(), "in a circle".getBytes(UTF_8));
            }
            bodies.addAll(Batches.bodies(batch));
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
