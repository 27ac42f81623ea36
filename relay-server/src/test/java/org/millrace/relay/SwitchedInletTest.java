package org.millrace.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.millrace.api.ChannelException;
import org.millrace.api.support.SwitchedInlet;
import org.millrace.testkit.Batches;
import org.millrace.testkit.RecordingInlet;

class SwitchedInletTest {
    private final RecordingInlet first = new RecordingInlet();
    private final RecordingInlet second = new RecordingInlet();
    private final SwitchedInlet inlet = new SwitchedInlet(first, 1000);

    @Test
    void whatComesWhileItIsHeldGoesToTheNextRouteInOrder() throws Exception {
        inlet.put(Batches.of("a"));
        inlet.hold();
        CompletableFuture<Void> b = inlet.submit(Batches.of("b"));
        CompletableFuture<Void> c = inlet.submit(Batches.of("c"));
        assertThat(inlet.awaitSettled(Duration.ZERO)).isTrue();
        assertThat(b).isNotDone();
        inlet.exchange(second);
        inlet.resume();
        assertThat(b).isCompleted();
        assertThat(c).isCompleted();
        inlet.put(Batches.of("d"));
        assertThat(first.bodies()).containsExactly("a");
        assertThat(second.bodies()).containsExactly("b", "c", "d");
    }

    @Test
    void whatIsOnItsWayIsSettledByTheOldRoute() throws Exception {
        first.hold();
        CompletableFuture<Void> a = inlet.submit(Batches.of("a"));
        inlet.hold();
        assertThat(inlet.awaitSettled(Duration.ZERO)).isFalse();
        first.acceptHeld(0);
        assertThat(a).isCompleted();
        assertThat(inlet.awaitSettled(Duration.ZERO)).isTrue();
    }

    @Test
    void hasNoRoomWhileItIsHeldAndTellsWhoWaits() {
        List<String> told = new ArrayList<>();
        inlet.hold();
        assertThat(inlet.hasRoom()).isFalse();
        inlet.onRoom(() -> told.add("room"));
        inlet.exchange(second);
        assertThat(told).isEmpty();
        inlet.resume();
        assertThat(told).containsExactly("room");
        assertThat(inlet.hasRoom()).isTrue();
    }

    @Test
    void whoWaitsForRoomOfTheOldRouteIsToldByTheNewOne() {
        List<String> told = new ArrayList<>();
        first.setRoom(false);
        second.setRoom(false);
        inlet.onRoom(() -> told.add("room"));
        inlet.hold();
        inlet.exchange(second);
        inlet.resume();
        first.setRoom(true);
        assertThat(told).as("the old route has nothing to say").isEmpty();
        second.setRoom(true);
        assertThat(told).containsExactly("room");
    }

    @Test
    void whatIsTooMuchToWaitIsRefused() {
        inlet.hold();
        CompletableFuture<Void> small = inlet.submit(Batches.sized(1, 500));
        CompletableFuture<Void> large = inlet.submit(Batches.sized(1, 600));
        assertThatThrownBy(large::get)
                .hasCauseInstanceOf(ChannelException.class)
                .hasMessageContaining("1000 bytes");
        inlet.resume();
        assertThat(small).isCompleted();
        assertThat(inlet.submit(Batches.sized(1, 900))).isCompleted();
    }

    @Test
    void aRefusalOfTheNewRouteIsTold() {
        inlet.hold();
        CompletableFuture<Void> a = inlet.submit(Batches.of("a"));
        second.refuseWith(new ChannelException("full"));
        inlet.exchange(second);
        inlet.resume();
        assertThat(a).isCompletedExceptionally();
        assertThatThrownBy(() -> inlet.put(Batches.of("b"))).hasMessage("full");
    }

    @Test
    void manyThreadsMayPutWhileRoutesAreExchanged() throws Exception {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int number = i;
            threads.add(new Thread(() -> putAll(number)));
        }
        threads.forEach(Thread::start);
        for (int i = 0; i < 200; i++) {
            inlet.hold();
            assertThat(inlet.awaitSettled(Duration.ofSeconds(60))).isTrue();
            inlet.exchange(i % 2 == 0 ? second : first);
            inlet.resume();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(first.bodies().size() + second.bodies().size()).isEqualTo(4 * 2000);
    }

    private void putAll(int number) {
        try {
            for (int i = 0; i < 2000; i++) {
                inlet.put(Batches.of(number + "/" + i));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
