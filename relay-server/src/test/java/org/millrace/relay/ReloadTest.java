package org.millrace.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.millrace.relay.ChangingAgent.FILE;

import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** What of an agent goes on when its file changes, and what is restarted. */
class ReloadTest extends ReloadFixture {
    @Test
    void whatDidNotChangeIsLeftAlone() throws Exception {
        agent.start(FILE);
        assertThat(agent.changeTo(FILE.replace("k1.port = 1", "k1.port = 2")))
                .containsExactly("close sink k1", "start sink k1");
        assertThat(agent.changeTo("# a comment, and another order\n" + FILE)).contains("close sink k1");
        assertThat(agent.changeTo("# one more\n" + FILE)).isEmpty();
    }

    @Test
    void aChangedChannelTakesItsSinksAlongAndItsSourceGoesOn() throws Exception {
        agent.start(FILE);
        assertThat(agent.changeTo(FILE.replace("c1.capacity = 10000", "c1.capacity = 20000")))
                .containsExactly("close sink k1", "start channel c1", "start sink k1", "close channel c1");
        agent.put("r1", 0, 10);
        agent.put("r2", 0, 10);
        agent.awaitTaken("k1", 10);
        agent.awaitTaken("k2", 10);
    }

    @Test
    void aDurableChannelIsClosedBeforeItIsOpenedAnew() throws Exception {
        agent.start(FILE);
        assertThat(agent.changeTo(FILE.replace("c2.type = kept", "c2.type = kept\na.channels.c2.capacity = 700")))
                .containsExactly("close sink k2", "close channel c2", "start channel c2", "start sink k2");
    }

    @Test
    void aSourceGoesOnAlthoughItsInterceptorsAndChannelsChange() throws Exception {
        agent.start(FILE);
        assertThat(agent.changeTo(FILE.replace("a.sources.r1.channels = c1", """
                        a.sources.r1.channels = c1 c2
                        a.sources.r1.interceptors = i
                        a.sources.r1.interceptors.i.type = timestamp
                        """)))
                .isEmpty();
        agent.put("r1", 0, 10);
        agent.awaitTaken("k1", 10);
        agent.awaitTaken("k2", 10);
    }

    @Test
    void aChangedSourceIsClosedBeforeItIsOpenedAnew() throws Exception {
        agent.start(FILE);
        assertThat(agent.changeTo(FILE.replace("r1.spoolDir = in", "r1.spoolDir = other")))
                .containsExactly("close source r1", "start source r1");
        agent.put("r1", 0, 10);
        agent.awaitTaken("k1", 10);
    }

    @Test
    void aBadFileChangesNothingAndIsLookedAtAgainOnceItChanges() throws Exception {
        agent.start(FILE);
        assertThat(agent.changeTo(
                        FILE.replace("k1.port = 1", "k1.port = 0").replace("r1.channels = c1", "r1.channels = c2")))
                .isEmpty();
        assertThat(agent.changeTo(FILE.replace("k1.port = 1", "k1.port = 3")))
                .containsExactly("close sink k1", "start sink k1");
        Files.delete(agent.file());
        assertThat(agent.look()).isEmpty();
        assertThat(agent.changeTo(FILE)).containsExactly("close sink k1", "start sink k1");
    }

    @Test
    void aPartThatBreaksAtItsEndHoldsNothingUp() throws Exception {
        agent.start(FILE);
        for (String end : new String[] {"close source r1", "close sink k1", "close channel c1"}) {
            agent.diary().onceNoted(end, () -> {
                throw new IllegalStateException("broken at " + end);
            });
        }
        assertThat(agent.changeTo(FILE.replace("r1.spoolDir = in", "r1.spoolDir = other")
                        .replace("c1.capacity = 10000", "c1.capacity = 20000")))
                .containsExactly(
                        "close source r1",
                        "close sink k1",
                        "start channel c1",
                        "start sink k1",
                        "start source r1",
                        "close channel c1");
        agent.put("r1", 0, 10);
        agent.awaitTaken("k1", 10);
    }

    @Test
    void figuresFollow() throws Exception {
        agent.start(FILE);
        assertThat(agent.shown().getGauges()).containsKeys("sink.k1.running", "channel.c1.bodyBytes");
        agent.changeTo(FILE.replace("a.sinks = k1 k2", "a.sinks = k1 k3").replace("a.sinks.k2.", "a.sinks.k3."));
        assertThat(agent.shown().getGauges()).containsKeys("sink.k1.running", "sink.k3.running");
        assertThat(agent.shown().getNames()).noneMatch(name -> name.startsWith("sink.k2."));
    }

    @Test
    void aSinkThatJoinsAGroupIsRestartedWithIt() throws Exception {
        agent.start(FILE);
        String grouped = FILE.replace("k2.channel = c2", "k2.channel = c1")
                        .replace("r2.channels = c2", "r2.channels = c1")
                        .replace("a.channels = c1 c2", "a.channels = c1")
                        .replace("a.channels.c2.type = kept\n", "")
                + "a.sinkgroups = g\na.sinkgroups.g.sinks = k1 k2\na.sinkgroups.g.processor.type = failover\n"
                + "a.sinkgroups.g.processor.priority.k1 = 3\na.sinkgroups.g.processor.priority.k2 = 2\n";
        assertThat(agent.changeTo(grouped)).contains("close sink k1", "start sink k1", "start sink k2");
        assertThat(agent.changeTo("#\n" + grouped)).isEmpty();
        assertThat(agent.changeTo(grouped.replace("priority.k2 = 2", "priority.k2 = 5")))
                .containsExactlyInAnyOrder("close sink k1", "close sink k2", "start sink k1", "start sink k2");
        agent.put("r1", 0, 10);
        agent.awaitTaken("k2", 10);
    }
}
