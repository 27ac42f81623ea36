package org.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NamesTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final CountDownLatch answer = new CountDownLatch(1);
    private final CountDownLatch everyoneHasAsked = new CountDownLatch(1);
    private final List<String> lookedUp = new CopyOnWriteArrayList<>();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final Names names = new Names(this::lookUp, this::newThread);

    @AfterEach
    void letGo() {
        answer.countDown();
        everyoneHasAsked.countDown();
        names.close();
    }

    @Test
    void namesThatHangHoldUpNoOther() {
        List<CompletableFuture<List<InetAddress>>> hanging =
                IntStream.range(0, 20).mapToObj(i -> find("hangs" + i)).toList();
        assertThat(find("localhost")).succeedsWithin(LONG);
        assertThat(hanging).allSatisfy(each -> assertThat(each).isNotDone());
    }

    @Test
    void aNameIsLookedUpOnceAtATimeForAllWhoAsk() {
        List<CompletableFuture<List<InetAddress>>> asking = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            asking.add(find("hangs"));
        }
        answer.countDown();
        assertThat(asking).allSatisfy(each -> assertThat(each).succeedsWithin(LONG));
        assertThat(lookedUp).containsExactly("hangs");
        assertThat(find("hangs")).succeedsWithin(LONG);
        assertThat(lookedUp).as("an answer is not kept").hasSize(2);
    }

    @Test
    void whoAsksForANameWhileItsAnswerIsGivenToOthersTakesNoOtherThread() {
        CompletableFuture<List<InetAddress>> first = find("name", () -> awaitUninterruptibly(everyoneHasAsked));
        await().until(() -> !lookedUp.isEmpty());
        List<CompletableFuture<List<InetAddress>>> asking =
                IntStream.range(0, 100).mapToObj(i -> find("name")).toList();
        everyoneHasAsked.countDown();
        assertThat(first).succeedsWithin(LONG);
        assertThat(asking).allSatisfy(each -> assertThat(each).succeedsWithin(LONG));
        assertThat(threads).hasSize(1);
    }

    @Test
    void aLookUpThatCannotBeBegunIsToldAndTheNextOneIsTried() {
        AtomicInteger wanted = new AtomicInteger();
        Names scarce = new Names(this::lookUp, task -> {
            if (wanted.getAndIncrement() == 0) {
                throw new InternalError("unable to create native thread");
            }
            return newThread(task);
        });
        assertThat(find(scarce, "localhost", () -> {}))
                .isCompletedExceptionally()
                .failsWithin(LONG)
                .withThrowableThat()
                .withMessageContaining("unable to create native thread");
        assertThat(find(scarce, "localhost", () -> {})).succeedsWithin(LONG);
        scarce.close();
    }

    private Thread newThread(Runnable task) {
        Thread thread = new Thread(task, "names");
        threads.add(thread);
        return thread;
    }

    private CompletableFuture<List<InetAddress>> find(String name) {
        return find(name, () -> {});
    }

    private CompletableFuture<List<InetAddress>> find(String name, Runnable whenFound) {
        return find(names, name, whenFound);
    }

    private static CompletableFuture<List<InetAddress>> find(Names names, String name, Runnable whenFound) {
        CompletableFuture<List<InetAddress>> answer = new CompletableFuture<>();
        names.find(name, new Names.Asker() {
            @Override
            public void found(List<InetAddress> addresses) {
                whenFound.run();
                answer.complete(addresses);
            }

            @Override
            public void notFound(Throwable why) {
                answer.completeExceptionally(why);
            }
        });
        return answer;
    }

    private InetAddress[] lookUp(String name) throws UnknownHostException {
        lookedUp.add(name);
        if (name.startsWith("hangs")) {
            awaitUninterruptibly(answer);
        }
        return InetAddress.getAllByName("127.0.0.1");
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
