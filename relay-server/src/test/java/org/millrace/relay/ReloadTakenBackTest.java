package org.millrace.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.millrace.relay.ChangingAgent.FILE;

import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.relay.config.Assembly;

/** Changes of an agent's file whose parts do not all start. */
class ReloadTakenBackTest extends ReloadFixture {
    @Test
    void aPartThatDoesNotStartIsTakenBack() throws Exception {
        agent.start(FILE);
        agent.put("r1", 0, 10);
        agent.awaitTaken("k1", 10);
        List<String> entries = agent.changeTo(
                FILE.replace("c1.capacity = 10000", "c1.capacity = 20000") + "a.sinks.k1.failure = nobody answers\n");
        assertThat(entries).filteredOn(entry -> entry.equals("start sink k1")).hasSize(2);
        assertThat(agent.running().sinks()).hasSize(2);
        agent.put("r1", 10, 10);
        agent.awaitTaken("k1", 20);
        assertThat(agent.changeTo(FILE.replace("k1.port = 1", "k1.port = 2"))).contains("start sink k1");
    }

    @Test
    void aSourceThatDoesNotStartIsTakenBackAndTheOthersGoOn() throws Exception {
        agent.start(FILE);
        assertThat(agent.changeTo(
                        FILE.replace("r2.channels = c2", "r2.channels = c1") + "a.sources.r1.failure = port taken\n"))
                .containsExactly("close source r1", "start source r1", "start source r1");
        agent.put("r2", 0, 10);
        agent.awaitTaken("k2", 10);
    }

    @Test
    void aPartThatBreaksAtItsStartIsTakenBackToo() throws Exception {
        agent.start(FILE);
        String change = FILE.replace("c1.capacity = 10000", "c1.capacity = 20000")
                        .replace("a.sinks = k1 k2", "a.sinks = k1 k2 k3")
                + "a.sinks.k3.type = avro\na.sinks.k3.channel = c1\na.sinks.k3.hostname = h\na.sinks.k3.port = 1\n";
        for (Supplier<Throwable> failure : List.<Supplier<Throwable>>of(
                () -> new IllegalStateException("no licence"),
                () -> new NoClassDefFoundError("com/acme/Gone"),
                () -> new AssertionError("cannot be"),
                () -> new OutOfMemoryError("Cannot reserve direct buffer memory"))) {
            agent.diary().breakDown("k3", failure);
            assertThat(agent.changeTo(change)).contains("start sink k3", "close sink k3");
            assertThat(agent.running().sinks())
                    .extracting(Assembly.SinkPart::name)
                    .containsExactlyInAnyOrder("k1", "k2");
            int before = agent.taken("k1");
            agent.put("r1", before, 10);
            agent.awaitTaken("k1", before + 10);
            agent.changeTo(FILE);
        }
    }

    @Test
    void aSourceGoesOnAlthoughNeitherTheChangeNorTheWayBackCanStartAnothersSink() throws Exception {
        agent.start(FILE);
        agent.diary().breakDown("k2");
        agent.changeTo(FILE.replace("r1.channels = c1", "r1.channels = c1 c2").replace("k2.port = 1", "k2.port = 2"));
        agent.put("r1", 0, 10);
        agent.awaitTaken("k1", 10);
        agent.diary().mend("k2");
        assertThat(agent.look()).as("tried again").contains("start sink k2");
        agent.put("r2", 0, 10);
        agent.awaitTaken("k2", 10);
    }

    @Test
    void whatAChangeAndTheWayBackHaveLeftOpenIsClosedByOneThatHasNothingElseToDo() throws Exception {
        agent.start(FILE);
        agent.diary().breakDown("k2");
        agent.changeTo(
                FILE.replace("c1.capacity = 10000", "c1.capacity = 20000").replace("k2.port = 1", "k2.port = 2"));
        assertThat(agent.channels())
                .as("the one that runs, and that of the change")
                .hasSize(3);
        String without = ChangingAgent.without(FILE.replace("a.sinks = k1 k2", "a.sinks = k1"), "a.sinks.k2.");
        assertThat(agent.changeTo(without)).containsExactly("close channel c1");
        assertThat(agent.channels()).hasSize(2);
        agent.put("r1", 0, 10);
        agent.awaitTaken("k1", 10);
    }

    @Test
    void aSourceThatComesPutsNothingIntoAChangeThatFails() throws Exception {
        agent.start(FILE);
        agent.diary().breakOnce("r4");
        boolean[] hadRoom = new boolean[1];
        agent.diary()
                .onceNoted(
                        "start source r4", () -> hadRoom[0] = agent.inlet("r3").hasRoom());
        String change = ChangingAgent.withSource(ChangingAgent.withSource(FILE, "r3"), "r4");
        assertThat(agent.changeTo(change)).contains("start source r3", "start source r4", "close source r3");
        assertThat(hadRoom[0]).isFalse();
        assertThat(agent.running().sources()).hasSize(2);
        assertThat(agent.changeTo("#\n" + change)).contains("start source r3", "start source r4");
        agent.put("r4", 0, 10);
        agent.awaitTaken("k1", 10);
    }

    @ParameterizedTest(name = "broken: {0}")
    @ValueSource(strings = {"c1", "k1", "r3"})
    void aChangeFromMemoryToDiskIsTakenBackWithAllEvents(String broken) throws Exception {
        agent.start(FILE);
        failsAndLosesNothing(ChangingAgent.withSource(agent.onDisk(), "r3"), broken, "c1 (memory)");
    }

    @ParameterizedTest(name = "broken: {0}")
    @ValueSource(strings = {"c1", "k1", "r3"})
    void aChangeFromDiskToMemoryIsTakenBackWithAllEvents(String broken) throws Exception {
        agent.start(agent.onDisk());
        failsAndLosesNothing(ChangingAgent.withSource(FILE, "r3"), broken, "c1 (file)");
    }

    @ParameterizedTest(name = "{0} capacity, broken: {1}")
    @CsvSource({"file, c1", "file, k1", "file, r3", "overflow, c1", "overflow, k1", "overflow, r3"})
    void aChannelOnDiskIsBackWithItsEventsIfTheOneInItsPlaceDoesNotStart(String kind, String broken) throws Exception {
        boolean spills = kind.equals("overflow");
        String file = spills ? agent.spilling().replace("memoryCapacity = 100", "memoryCapacity = 0") : agent.onDisk();
        String changed = spills
                ? file.replace("overflowCapacity = 10000", "overflowCapacity = 20000")
                : file.replace("c1.capacity = 10000", "c1.capacity = 20000");
        agent.start(file);
        failsAndLosesNothing(
                ChangingAgent.withSource(changed, "r3"), broken, spills ? "c1 (SPILLABLEMEMORY)" : "c1 (file)");
    }

    private void failsAndLosesNothing(String change, String broken, String channel) throws Exception {
        agent.diary().block("k1");
        agent.put("r1", 0, 100);
        agent.diary().breakOnce(broken);
        agent.changeTo(change);
        assertThat(agent.channels()).containsExactlyInAnyOrder(channel, "c2 (kept)");
        assertThat(agent.running().sources()).hasSize(2);
        agent.diary().unblock("k1");
        agent.put("r1", 100, 10);
        agent.awaitTaken("k1", 110);
    }
}
