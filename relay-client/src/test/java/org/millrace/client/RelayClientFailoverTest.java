package org.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.millrace.client.FakeHosts.Answer;
import org.millrace.codec.EventBatch;
import org.millrace.codec.Origin;
import org.millrace.testkit.Batches;

/** Which host is tried next, and what is sent to it. */
class RelayClientFailoverTest extends RelayClientFixture {
    @Test
    void anErrorWhileACallIsMadeFailsTheTry() {
        open(ClientSettings.builder("a:1", "b:1").failover());
        hosts.host("a").answers(Answer.BROKEN);
        assertThat(append("1")).isCompleted();
        hosts.host("b").answers(Answer.BROKEN);
        assertThat(failureOf(append("2")))
                .hasMessageContaining("b:1: the call failed: java.lang.InternalError: no direct memory");
    }

    @Test
    void aHostIsKeptAsLongAsItWorks() {
        open(ClientSettings.builder("a:1", "b:1").failover());
        append("1");
        append("2");
        assertThat(hosts.seen()).containsExactly("+a", "a:1", "a:2");
    }

    @Test
    void theNextHostIsTakenAndThereIsNoGoingBackToTheFirst() {
        open(ClientSettings.builder("a:1", "b:1", "c:1").failover());
        append("1");
        hosts.host("a").answers(Answer.REFUSED);
        assertThat(append("2")).isCompleted();
        hosts.host("a").answers(Answer.STORED);
        assertThat(append("3")).isCompleted();
        assertThat(hosts.seen()).containsExactly("+a", "a:1", "a:2", "+b", "b:2", "b:3");
        assertThat(hosts.host("a").openLinks()).isZero();
    }

    @Test
    void theHostsAreARing() {
        open(ClientSettings.builder("a:1", "b:1").failover());
        hosts.host("a").answers(Answer.CUT);
        append("1");
        hosts.host("a").answers(Answer.STORED);
        hosts.host("b").answers(Answer.CUT);
        assertThat(append("2")).isCompleted();
        assertThat(hosts.seen()).containsExactly("+a", "a:1", "+b", "b:1", "b:2", "+a", "a:2");
    }

    @Test
    void thereAreAsManyTriesAsHostsUnlessSaidOtherwise() {
        open(ClientSettings.builder("a:1", "b:1").failover());
        hosts.host("a").answers(Answer.CUT);
        hosts.host("b").answers(Answer.CUT);
        assertThat(failureOf(append("1"))).hasMessage("0 of 1 events are acknowledged: a:1: cut; then b:1: cut");
        assertThat(hosts.seen()).containsExactly("+a", "a:1", "+b", "b:1");
    }

    @Test
    void aCallIsTriedUpToMaxAttempts() {
        open(ClientSettings.builder("a:1", "b:1").policy(new HostPolicy.Failover(5)));
        hosts.host("a").answers(Answer.REFUSED);
        hosts.host("b").answers(Answer.REFUSED);
        assertThat(failureOf(append("1")).isRefusal()).isTrue();
        assertThat(hosts.seen()).containsExactly("+a", "a:1", "+b", "b:1", "+a", "a:1", "+b", "b:1", "+a", "a:1");
    }

    @Test
    void hostsThatCannotBeReachedArePassedByWithinOneTry() {
        open(ClientSettings.builder("a:1", "b:1", "c:1").policy(new HostPolicy.Failover(1)));
        hosts.host("a").isDown();
        hosts.host("b").isDown();
        assertThat(append("1")).isCompleted();
        assertThat(hosts.seen()).containsExactly("-a", "-b", "+c", "c:1");
    }

    @Test
    void whenNoHostCanBeReachedTheCallFailsAfterOneRound() {
        open(ClientSettings.builder("a:1", "b:1").policy(new HostPolicy.Failover(9)));
        hosts.host("a").isDown();
        hosts.host("b").isDown();
        assertThat(failureOf(append("1")))
                .hasMessage("0 of 1 events are acknowledged: a:1: cannot connect; then b:1: cannot connect");
        assertThat(hosts.seen()).containsExactly("-a", "-b");
    }

    @Test
    void whatIsAcknowledgedIsNotSentToTheNextHost() {
        open(ClientSettings.builder("a:1", "b:1").failover().batchEvents(1));
        hosts.host("a").answers(Answer.NONE);
        CompletableFuture<Void> batch = append("1", "2", "3");
        hosts.host("a").storeOpen();
        hosts.host("a").cut();
        assertThat(batch).isCompleted();
        assertThat(hosts.seen()).containsExactly("+a", "a:1", "a:2", "+b", "b:2", "b:3");
    }

    @Test
    void allThatWereOnTheirWayMoveOnTogetherAndInOrder() {
        open(ClientSettings.builder("a:1", "b:1").failover());
        hosts.host("a").answers(Answer.NONE);
        List<CompletableFuture<Void>> batches = List.of(append("1"), append("2"), append("3"));
        hosts.host("a").cut();
        assertThat(batches).allSatisfy(batch -> assertThat(batch).isCompleted());
        assertThat(hosts.seen()).containsExactly("+a", "a:1", "a:2", "a:3", "+b", "b:1", "b:2", "b:3");
    }

    @Test
    void whoWaitsForAConnectionThatFailsTheFirstGetsTheNextOne() {
        open(ClientSettings.builder("a:1", "b:1").failover());
        hosts.host("a").isSlow().answers(Answer.CUT);
        List<CompletableFuture<Void>> batches = List.of(append("1"), append("2"));
        hosts.host("a").acceptNow();
        assertThat(batches).allSatisfy(batch -> assertThat(batch).isCompleted());
        assertThat(hosts.seen()).containsExactly("+a", "a:1", "+b", "b:2", "b:1");
    }

    @Test
    void anEventKeepsItsNumberWhereverItIsSent() {
        open(ClientSettings.builder("a:1", "b:1").failover().batchEvents(2));
        hosts.host("a").answers(Answer.NONE);
        append("0", "1", "2");
        append("3");
        hosts.host("a").storeOpen();
        hosts.host("a").cut();
        assertThat(hosts.seen()).containsExactly("+a", "a:0,1", "a:3", "a:2", "+b", "b:2");
        assertThat(hosts.origins())
                .containsExactly(new Origin(ID, 0), new Origin(ID, 3), new Origin(ID, 2), new Origin(ID, 2));
    }

    @Test
    void numbersOfTheApplicationsOwnAreKeptAndEachTryIsTold() {
        open(ClientSettings.builder("a:1", "b:1").failover());
        hosts.host("a").answers(Answer.CUT);
        List<String> tries = new ArrayList<>();
        TryListener listener =
                (host, failure) -> tries.add(host.host() + ": " + (failure == null ? "stored" : "failed"));
        UUID own = new UUID(1, 2);
        EventBatch batch = Batches.of("x", "y");
        assertThat(client.tryAppend(batch, new Origin(own, 40), listener).orElseThrow())
                .isCompleted();
        assertThat(hosts.origins()).containsExactly(new Origin(own, 40), new Origin(own, 40));
        assertThat(tries).containsExactly("a: failed", "b: stored");
        batch.release();
    }

    @Test
    void connectTellsWhetherThereIsAnybody() throws Exception {
        open(ClientSettings.builder("a:1", "b:1").failover());
        hosts.host("a").isDown();
        client.connect();
        assertThat(hosts.seen()).containsExactly("-a", "+b");
        hosts.host("b").isDown().cut();
        assertThatThrownBy(() -> client.connect())
                .isInstanceOf(AppendException.class)
                .hasMessage("no connection: a:1: cannot connect; then b:1: cannot connect");
    }
}
