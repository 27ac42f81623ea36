package org.millrace.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.millrace.relay.ChangingAgent.FILE;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.api.Channel;
import org.millrace.api.Transaction;
import org.millrace.codec.EventBatch;
import org.millrace.testkit.Batches;
import org.millrace.testkit.LogLines;

/** What becomes of the events in channels that change. */
class ReloadedChannelsTest extends ReloadFixture {
    @Test
    void aChannelThatIsGoneIsDrainedFirst() throws Exception {
        agent.start(FILE + "a.sinks.k1.batch-size = 3\n");
        agent.put("r1", 0, 100);
        String without = FILE.replace("a.channels = c1 c2", "a.channels = c2")
                .replace("r1.channels = c1", "r1.channels = c2")
                .replace("k1.channel = c1", "k1.channel = c2");
        assertThat(agent.changeTo(ChangingAgent.without(without, "a.channels.c1.")))
                .containsExactly("close sink k1", "start sink k1", "close channel c1");
        assertThat(agent.taken("k1")).isEqualTo(100);
        assertThat(agent.shown().getNames()).noneMatch(name -> name.startsWith("channel.c1."));
    }

    @Test
    void eventsInMemoryAreHandedOverToTheChannelThatTakesTheirPlace() throws Exception {
        String stuck = ChangingAgent.without(FILE.replace("a.sinks = k1 k2", "a.sinks = k2"), "a.sinks.k1.");
        agent.start(stuck);
        agent.put("r1", 0, 900);
        agent.put("r1", 900, 100);
        agent.changeTo(stuck.replace("c1.transactionCapacity = 1000", "c1.transactionCapacity = 300"));
        assertThat(agent.shown().getGauges()).containsKey("channel.c1.bodyBytes");
        agent.changeTo(FILE);
        agent.awaitTaken("k1", 1000);
    }

    @Test
    void eventsInMemoryAreHandedOverToAChannelOnDisk() throws Exception {
        startWithWaiting(900);
        assertThat(agent.changeTo(agent.onDisk()))
                .containsExactly("close sink k1", "start channel c1", "start sink k1", "close channel c1");
        assertThat(agent.channels()).contains("c1 (file)");
        assertTakenOnceUnblocked(900);
    }

    @Test
    void whatAChannelOnDiskWasHandedByAChangeThatFailsIsServedAfterIt() throws Exception {
        agent.setDeadline(Duration.ofMillis(200));
        String file = FILE.replace("c2.type = kept", "c2.type = memory\na.channels.c2.capacity = 10000");
        agent.start(file);
        agent.diary().block("k1");
        agent.diary().block("k2");
        agent.put("r1", 0, 50);
        agent.put("r2", 0, 80);
        agent.put("r2", 80, 80);
        String change = agent.onDisk()
                .replace(
                        "c2.type = kept",
                        "c2.type = memory\na.channels.c2.capacity = 100\na.channels.c2.keep-alive = 0");
        assertThat(agent.changeTo(change))
                .as("c1 was handed over, c2 was too small")
                .contains("start channel c2");
        assertThat(agent.channels()).containsExactlyInAnyOrder("c1 (memory)", "c2 (memory)");
        agent.diary().unblock("k1");
        agent.diary().unblock("k2");
        agent.awaitTaken("k1", 50);
        agent.awaitTaken("k2", 160);
    }

    @Test
    void aChannelThatSpillsIsEmptiedOfItsMemoryAndClosedBeforeItIsOpenedAnew() throws Exception {
        String file = agent.spilling();
        agent.start(file);
        agent.put("r1", 0, 50);
        assertThat(agent.changeTo(file.replace("memoryCapacity = 100", "memoryCapacity = 200")))
                .containsExactly("close sink k1", "close channel c1", "start channel c1", "start sink k1");
        agent.put("r1", 50, 50);
        agent.awaitTaken("k1", 100);
    }

    @Test
    void aChannelThatSpillsStaysWhileItsMemoryCannotBeEmptied() throws Exception {
        agent.setDeadline(Duration.ofMillis(200));
        String file = agent.spilling();
        agent.start(file);
        agent.diary().block("k1");
        agent.put("r1", 0, 50);
        assertThat(agent.changeTo(file.replace("memoryCapacity = 100", "memoryCapacity = 200")))
                .containsExactly("close sink k1", "start sink k1");
        agent.diary().unblock("k1");
        agent.put("r1", 50, 50);
        agent.awaitTaken("k1", 100);
        assertThat(agent.changeTo(file.replace("memoryCapacity = 100", "memoryCapacity = 300")))
                .contains("close channel c1", "start channel c1");
    }

    @Test
    void whatAHangingSinkGivesBackInTimeIsHandedOver() throws Exception {
        startWithWaiting(10);
        Channel before = agent.channel("c1");
        try (Transaction hanging = before.begin()) {
            assertThat(hanging.take(10)).isNotNull();
            Executor later = CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS);
            agent.diary().onceNoted("start sink k1", () -> later.execute(hanging::close));
            agent.changeTo(withCapacity(20000));
        }
        assertThat(agent.channel("c1")).isNotSameAs(before);
        assertTakenOnceUnblocked(10);
    }

    @Test
    void whatAHangingSinkDoesNotGiveBackIsNotGivenUp() throws Exception {
        agent.setDeadline(Duration.ofMillis(200));
        startWithWaiting(10);
        Channel before = agent.channel("c1");
        try (Transaction hanging = before.begin()) {
            assertThat(hanging.take(10)).isNotNull();
            agent.changeTo(withCapacity(20000));
        }
        assertThat(agent.channel("c1")).isSameAs(before);
        assertTakenOnceUnblocked(10);
    }

    @Test
    void aBatchThatIsTooLargeForTheNewChannelIsHandedOverInParts() throws Exception {
        startWithWaiting(900); // some 8 kB of bodies
        agent.diary().onceNoted("start channel c1", () -> agent.diary().unblock("k1")); // that its sink makes room
        agent.changeTo(withCapacity(10000, "byteCapacity = 5000"));
        assertThat(agent.running().channels())
                .anyMatch(part -> "5000".equals(part.values().shown("byteCapacity")));
        agent.awaitTaken("k1", 900);
    }

    @Test
    void aChannelThatIsFullTakesOverAsItsSinksMakeRoom() throws Exception {
        startWithWaiting(900);
        agent.diary().onceNoted("start channel c1", () -> agent.diary().unblock("k1"));
        agent.changeTo(withSmallChannel(100));
        assertThat(agent.running().channels())
                .anyMatch(part -> "100".equals(part.values().shown("capacity")));
        agent.awaitTaken("k1", 900);
    }

    @Test
    void aChannelThatStaysFullIsTakenBack() throws Exception {
        agent.setDeadline(Duration.ofMillis(200));
        startWithWaiting(900);
        Channel before = agent.channel("c1");
        agent.changeTo(withSmallChannel(100));
        assertThat(agent.channel("c1")).isSameAs(before);
        assertTakenOnceUnblocked(900);
    }

    @ParameterizedTest(name = "of {0}")
    @ValueSource(ints = {10000, 1000})
    void theOrderHoldsAfterAHandOverThatFailedHalfWay(int capacity) throws Exception {
        agent.setDeadline(Duration.ofMillis(200));
        startWithWaiting(withCapacity(capacity), 300);
        agent.put("r1", 300, 700);
        Channel before = agent.channel("c1");
        agent.changeTo(withSmallChannel(150));
        assertThat(agent.channel("c1")).isSameAs(before);
        assertThat(numbersIn(before)).isEqualTo(IntStream.range(0, 1000).boxed().toList());
    }

    @Test
    void thatNotAllIsTakenBackAtOnceIsNoError() throws Exception {
        agent.setDeadline(Duration.ofMillis(200));
        startWithWaiting(withCapacity(1000, "keep-alive = 6"), 1000);
        CompletableFuture<Void> entersAsOthersAreMoved = agent.inlet("r1").submit(Batches.numbered(1000, 500));
        Runnable onTheWayBack = () ->
                agent.diary().onceNoted("start sink k1", () -> agent.diary().unblock("k1"));
        agent.diary().onceNoted("start sink k1", onTheWayBack);
        try (LogLines log = LogLines.of(Handover.class)) {
            agent.changeTo(withSmallChannel(600));
            assertThat(log.errors()).as("that of the change").hasSize(1);
        }
        assertThat(entersAsOthersAreMoved).succeedsWithin(Duration.ofSeconds(30));
        agent.awaitTaken("k1", 1500);
    }

    @Test
    void aWayBackLosesNothingWhileAPutOfAHeldSourceStillWaits() throws Exception {
        agent.setDeadline(Duration.ofMillis(200));
        String file = withCapacity(1000, "keep-alive = 20");
        startWithWaiting(file, 990);
        assertThat(agent.inlet("r1").submit(Batches.sized(10, 5000))).succeedsWithin(Duration.ofSeconds(30));
        CompletableFuture<Void> waiting = agent.inlet("r1").submit(Batches.numbered(990, 1000));
        Channel before = agent.channel("c1");
        agent.diary().onceNoted("start channel c1", () -> agent.diary().unblock("k1"));
        agent.changeTo(file.replace("keep-alive = 20", "keep-alive = 20\na.channels.c1.byteCapacity = 3000"));
        assertThat(agent.channel("c1")).isSameAs(before);
        assertThat(waiting).succeedsWithin(Duration.ofSeconds(30));
        agent.awaitTaken("k1", 2000);
    }

    private static List<Integer> numbersIn(Channel channel) {
        List<Integer> numbers = new ArrayList<>();
        try (Transaction all = channel.begin()) {
            for (EventBatch batch; (batch = all.take(1000)) != null; ) {
                numbers.addAll(Batches.numbers(batch));
            }
        }
        return numbers;
    }

    @Test
    void anEventThatIsTooLargeForTheNewChannelRefusesTheChange() throws Exception {
        agent.start(FILE);
        agent.diary().block("k1");
        agent.inlet("r1").put(Batches.sized(3, 500));
        Channel before = agent.channel("c1");
        agent.changeTo(withCapacity(10000, "byteCapacity = 300"));
        assertThat(agent.channel("c1")).isSameAs(before);
        assertTakenOnceUnblocked(3);
    }

    /** The file with another capacity of c1, and more lines of c1 behind it. */
    private static String withCapacity(int capacity, String... more) {
        StringBuilder lines = new StringBuilder("a.channels.c1.capacity = " + capacity);
        for (String line : more) {
            lines.append("\na.channels.c1.").append(line);
        }
        return FILE.replace("a.channels.c1.capacity = 10000", lines);
    }

    /** The file with a c1 in which a put does not wait for room. */
    private static String withSmallChannel(int capacity) {
        return withCapacity(capacity, "keep-alive = 0")
                .replace("transactionCapacity = 1000", "transactionCapacity = 100");
    }

    private void startWithWaiting(int events) throws Exception {
        startWithWaiting(FILE, events);
    }

    /** With so many events in c1, whose sink does not take them before it is unblocked. */
    private void startWithWaiting(String file, int events) throws Exception {
        agent.start(file);
        agent.diary().block("k1");
        agent.put("r1", 0, events);
    }

    private void assertTakenOnceUnblocked(int events) {
        agent.diary().unblock("k1");
        agent.awaitTaken("k1", events);
    }
}
