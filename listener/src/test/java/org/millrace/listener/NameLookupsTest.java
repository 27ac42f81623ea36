package org.millrace.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.millrace.testkit.FakeClock;

class NameLookupsTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(20);

    private final FakeClock clock = new FakeClock();
    private final AtomicInteger questions = new AtomicInteger();
    private final CountDownLatch answers = new CountDownLatch(1);

    @Test
    void aNameIsAskedForOnceAndAgainWhenItIsOld() throws Exception {
        try (NameLookups names = new NameLookups("r1", clock, this::nameOf, LONG)) {
            assertThat(names.nameOf(peer(1)).get(60, TimeUnit.SECONDS)).isEqualTo("peer-1");
            assertThat(names.nameOf(peer(1))).isCompletedWithValue("peer-1");
            assertThat(questions).hasValue(1);

            clock.advance(Duration.ofHours(1));
            assertThat(names.nameOf(peer(1)).get(60, TimeUnit.SECONDS)).isEqualTo("peer-1");
            assertThat(questions).hasValue(2);
        }
    }

    @Test
    void nobodyWaitsLongForANameAndOthersNotAtAllThen() throws Exception {
        try (NameLookups names = new NameLookups("r1", clock, this::slowNameOf, SHORT)) {
            assertThat(names.nameOf(peer(1)).get(60, TimeUnit.SECONDS)).isEqualTo("10.0.0.1");
            assertThat(names.nameOf(peer(2))).isCompletedWithValue("10.0.0.2");
            assertThat(names.nameOf(peer(1))).isCompletedWithValue("10.0.0.1");
            await().until(() -> questions.get() == 2);

            answers.countDown();

            await().until(() -> names.nameOf(peer(1)).getNow("").equals("peer-1"));
            await().until(() -> names.nameOf(peer(2)).getNow("").equals("peer-2"));
            assertThat(questions).hasValue(2);
        }
    }

    @Test
    void anAddressHasToDoWhereALookUpFailsOrThereIsTooMuchToAsk() throws Exception {
        try (NameLookups names = new NameLookups("r1", clock, this::brokenNameOf, LONG)) {
            assertThat(names.nameOf(peer(1)).get(60, TimeUnit.SECONDS)).isEqualTo("10.0.0.1");
        }
        NameLookups closed = new NameLookups("r1", clock, this::nameOf, LONG);
        closed.close();
        assertThat(closed.nameOf(peer(7))).isCompletedWithValue("10.0.0.7");
    }

    private String nameOf(InetAddress address) {
        questions.incrementAndGet();
        return "peer-" + address.getAddress()[3];
    }

    private String slowNameOf(InetAddress address) {
        questions.incrementAndGet();
        try {
            answers.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return "peer-" + address.getAddress()[3];
    }

    private String brokenNameOf(InetAddress address) {
        throw new IllegalStateException("no name for " + address);
    }

    private static InetAddress peer(int number) throws UnknownHostException {
        return InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) number});
    }
}
