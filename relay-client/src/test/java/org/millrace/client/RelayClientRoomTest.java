package org.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.millrace.client.FakeHosts.Answer;

/** How much may be on its way, and who waits for room. */
class RelayClientRoomTest extends RelayClientFixture {
    @Test
    void noMoreBatchesAreOnTheirWayThanAreAllowed() {
        open(ClientSettings.builder("a:1").maxInFlight(2, 1 << 20));
        hosts.host("a").answers(Answer.NONE);
        append("1");
        assertThat(client.whenRoom()).isCompleted();
        append("2");
        CompletableFuture<Void> room = client.whenRoom();
        assertThat(client.tryAppend(events("3"))).isEmpty();
        assertThat(room).isNotDone();
        assertThat(client.batchesInFlight()).isEqualTo(2);
        hosts.host("a").storeOpen();
        assertThat(room).isCompleted();
        assertThat(client.tryAppend(events("3"))).isPresent();
    }

    @Test
    void noMoreBytesAreOnTheirWayThanAreAllowedButALargeBatchGoesAlone() {
        open(ClientSettings.builder("a:1").maxInFlight(10, 100));
        hosts.host("a").answers(Answer.NONE);
        assertThat(client.tryAppend(sized(60))).isPresent();
        assertThat(client.bytesInFlight()).isEqualTo(62);
        assertThat(client.tryAppend(sized(60))).isEmpty();
        CompletableFuture<Void> room = client.whenRoom();
        assertThat(room)
                .as("there is some room, but not enough for the one that was turned away")
                .isNotDone();
        hosts.host("a").storeOpen();
        assertThat(room).isCompleted();
        assertThat(client.tryAppend(sized(1000))).isPresent();
        assertThat(client.tryAppend(sized(1))).isEmpty();
    }

    @Test
    void aCallerThatMayWaitWaitsForRoom() throws Exception {
        open(ClientSettings.builder("a:1").maxInFlight(1, 1 << 20));
        hosts.host("a").answers(Answer.NONE);
        append("1");
        Thread waiter = new Thread(() -> append("2"), "waiter");
        waiter.start();
        awaitWaiting(waiter);
        assertThat(hosts.seen()).containsExactly("+a", "a:1");
        hosts.host("a").storeOpen();
        waiter.join(TimeUnit.SECONDS.toMillis(10));
        assertThat(hosts.seen()).containsExactly("a:2");
    }

    @Test
    void nobodyOvertakesALargeBatchThatWaits() throws Exception {
        open(ClientSettings.builder("a:1").maxInFlight(10, 100));
        hosts.host("a").answers(Answer.NONE);
        client.tryAppend(sized(10));
        Thread large = appending(1000);
        Thread small = appending(20);
        assertThat(client.tryAppend(sized(1))).isEmpty();
        CompletableFuture<Void> room = client.whenRoom();
        assertThat(room).isNotDone();

        hosts.host("a").storeOpen();
        large.join(TimeUnit.SECONDS.toMillis(10));
        assertThat(client.bytesInFlight()).as("it goes first, and alone").isGreaterThan(1000);
        hosts.host("a").storeOpen();
        small.join(TimeUnit.SECONDS.toMillis(10));
        assertThat(client.bytesInFlight()).isEqualTo(22);
        assertThat(room).isCompleted();
    }

    @Test
    void whoGivesUpWaitingLetsTheOthersBy() throws Exception {
        open(ClientSettings.builder("a:1").maxInFlight(10, 100));
        hosts.host("a").answers(Answer.NONE);
        client.tryAppend(sized(10));
        Thread large = appending(1000);
        Thread small = appending(20);
        large.interrupt();
        large.join(TimeUnit.SECONDS.toMillis(10));
        small.join(TimeUnit.SECONDS.toMillis(10));
        assertThat(client.batchesInFlight()).isEqualTo(2);
        assertThat(client.whenRoom()).isCompleted();
        assertThat(client.tryAppend(sized(1))).isPresent();
    }

    @Test
    void whatFollowsAnAnswerFindsRoom() {
        open(ClientSettings.builder("a:1").maxInFlight(1, 1 << 20));
        hosts.host("a").answers(Answer.NONE);
        CompletableFuture<Boolean> followed =
                append("1").thenApply(stored -> client.tryAppend(events("2")).isPresent());
        hosts.host("a").storeOpen();
        assertThat(followed).isCompletedWithValue(true);
    }

    private static List<Event> sized(int bytes) {
        return List.of(Event.of(new byte[bytes]));
    }

    /** A thread that waits to send a batch of one event. */
    private Thread appending(int bytes) {
        Thread waiter = new Thread(() -> {
            try {
                client.appendAsync(sized(bytes));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        waiter.start();
        awaitWaiting(waiter);
        return waiter;
    }
}
