package org.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.millrace.client.FakeHosts.Answer;

/** The end of a client: what is on its way, held back or waiting then. */
class RelayClientCloseTest extends RelayClientFixture {
    @Test
    void closeFailsWhoWaitsForRoomAndWhoComesLater() throws Exception {
        open(ClientSettings.builder("a:1").maxInFlight(1, 1 << 20));
        hosts.host("a").answers(Answer.NONE);
        append("1");
        CompletableFuture<Throwable> told = new CompletableFuture<>();
        Thread waiter =
                new Thread(() -> told.complete(catchThrowableOfType(IllegalStateException.class, () -> append("2"))));
        waiter.start();
        awaitWaiting(waiter);
        Thread closer = new Thread(() -> client.close());
        closer.start();
        assertThat(told.get(60, TimeUnit.SECONDS)).hasMessage("the client is closed");
        awaitWaiting(closer);
        hosts.host("a").storeOpen();
        closer.join(TimeUnit.SECONDS.toMillis(10));
        assertThat(hosts.host("a").openLinks()).isZero();
        assertThatThrownBy(() -> client.tryAppend(events("3"))).hasMessage("the client is closed");
    }

    @Test
    void aCloseInAHurryFailsWhatWaitsForTheEndOfAPause() {
        open(ClientSettings.builder("a:1"));
        hosts.host("a").isDown();
        append("1");
        CompletableFuture<Void> held = append("2");
        Thread.currentThread().interrupt();
        client.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(failureOf(held)).hasMessageContaining("the client is closed");
    }

    @Test
    void closingNowWaitsForNoAnswer() {
        open(ClientSettings.builder("a:1"));
        hosts.host("a").answers(Answer.NONE);
        CompletableFuture<Void> batch = append("1");
        client.closeNow();
        hosts.host("a").cut();
        assertThat(batch).isCompletedExceptionally();
        assertThatThrownBy(() -> append("2")).hasMessage("the client is closed");
    }

    @Test
    void closingNowFailsWhatWaitsForTheEndOfAPause() {
        open(ClientSettings.builder("a:1"));
        hosts.host("a").isDown();
        append("1");
        List<CompletableFuture<Void>> held = List.of(append("2"), append("3"));
        client.closeNow();
        assertThat(held).allSatisfy(batch -> assertThat(failureOf(batch)).hasMessageContaining("the client is closed"));
    }

    @Test
    void closingNowFailsWhoWaitsForAConnection() {
        open(ClientSettings.builder("a:1"));
        hosts.host("a").isSlow();
        List<CompletableFuture<Void>> waiting = List.of(append("1"), append("2"));
        client.closeNow();
        assertThat(waiting)
                .allSatisfy(batch -> assertThat(failureOf(batch)).hasMessageContaining("the client is closed"));
        hosts.host("a").acceptNow();
        assertThat(hosts.host("a").openLinks()).isZero();
    }
}
