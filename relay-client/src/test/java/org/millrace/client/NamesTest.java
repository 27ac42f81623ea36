package org.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NamesTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final CountDownLatch answer = new CountDownLatch(1);
    private final List<String> lookedUp = new CopyOnWriteArrayList<>();
    private final Names names = new Names(this::lookUp, task -> new Thread(task).start());

    @AfterEach
    void letGo() {
        answer.countDown();
    }

    @Test
    void namesThatHangHoldUpNoOther() {
        List<CompletableFuture<List<InetAddress>>> hanging = IntStream.range(0, 20)
                .mapToObj(i -> names.addressesOf("hangs" + i))
                .toList();
        assertThat(names.addressesOf("localhost")).succeedsWithin(LONG);
        assertThat(hanging).allSatisfy(each -> assertThat(each).isNotDone());
    }

    @Test
    void aNameIsLookedUpOnceAtATimeForAllWhoAsk() {
        List<CompletableFuture<List<InetAddress>>> asking = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            asking.add(names.addressesOf("hangs"));
        }
        answer.countDown();
        assertThat(asking).allSatisfy(each -> assertThat(each).succeedsWithin(LONG));
        assertThat(lookedUp).containsExactly("hangs");
        assertThat(names.addressesOf("hangs")).succeedsWithin(LONG);
        assertThat(lookedUp).as("an answer is not kept").hasSize(2);
    }

    @Test
    void aLookUpThatCannotBeBegunIsToldAndTheNextOneIsTried() {
        List<Runnable> tasks = new ArrayList<>();
        Names scarce = new Names(this::lookUp, task -> {
            tasks.add(task);
            if (tasks.size() == 1) {
                throw new InternalError("unable to create native thread");
            }
            task.run();
        });
        assertThat(scarce.addressesOf("localhost"))
                .failsWithin(LONG)
                .withThrowableThat()
                .withMessageContaining("unable to create native thread");
        assertThat(scarce.addressesOf("localhost")).succeedsWithin(LONG);
    }

    private InetAddress[] lookUp(String name) throws UnknownHostException {
        lookedUp.add(name);
        if (name.startsWith("hangs")) {
            try {
                answer.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        return InetAddress.getAllByName("127.0.0.1");
    }
}
