package org.millrace.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.util.IllegalReferenceCountException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.millrace.api.ChannelException;
import org.millrace.api.Inlet;
import org.millrace.api.support.SwitchedInlet;
import org.millrace.codec.EventBatch;
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
    void whatTheRouteStillHasToDoAfterItsAnswerIsWaitedFor() throws Exception {
        inlet.put(Batches.of("a"));
        first.setSettled(false);
        inlet.hold();
        assertThat(inlet.awaitSettled(Duration.ofMillis(20))).isFalse();
        CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS).execute(() -> first.setSettled(true));
        assertThat(inlet.awaitSettled(Duration.ofSeconds(30))).isTrue();
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
    void aRouteThatThrowsHasSettledItsBatchAndEndsNoHold() throws Exception {
        Inlet broken = new Inlet() {
            @Override
            public CompletableFuture<Void> submit(EventBatch batch) {
                batch.release();
                throw new IllegalStateException("broken");
            }

            @Override
            public void put(EventBatch batch) {
                submit(batch);
            }

            @Override
            public boolean hasRoom() {
                return true;
            }

            @Override
            public void onRoom(Runnable action) {
                action.run();
            }
        };
        inlet.hold();
        CompletableFuture<Void> waited = inlet.submit(Batches.of("a"));
        CompletableFuture<Void> behind = inlet.submit(Batches.of("b"));
        inlet.exchange(broken);
        inlet.resume();
        assertThat(List.of(waited, behind)).allMatch(CompletableFuture::isCompletedExceptionally);
        assertThatThrownBy(() -> inlet.put(Batches.of("c")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("broken");
        inlet.hold();
        assertThat(inlet.awaitSettled(Duration.ZERO)).isTrue();
    }

    @Test
    void whatASourceThatIsClosedHasLeftIsRefusedUntilTheHoldEnds() throws Exception {
        EventBatch left = Batches.of("a");
        inlet.hold();
        CompletableFuture<Void> waited = inlet.submit(left);
        inlet.refuse();
        assertThatThrownBy(left::retain).as("it is given back").isInstanceOf(IllegalReferenceCountException.class);
        assertThatThrownBy(waited::get).hasMessageContaining("the source is being closed");
        assertThatThrownBy(() -> inlet.put(Batches.of("b"))).hasMessageContaining("the source is being closed");
        inlet.resume();
        inlet.put(Batches.of("c"));
        inlet.refuse();
        inlet.put(Batches.of("d"));
        assertThat(first.bodies())
                .as("without a hold there is nothing to refuse")
                .containsExactly("c", "d");
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
