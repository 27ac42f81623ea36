package org.millrace.thrift.kerberos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.security.auth.Subject;
import javax.security.auth.kerberos.KerberosPrincipal;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.testkit.TestKdc;
import org.millrace.testkit.process.FreePorts;

/** Tickets of a KDC of the test's; the test itself runs what is to happen later. */
class TicketsIT {
    private static final Duration LIFE = Duration.ofHours(1);

    @TempDir
    private static Path dir;

    private static TestKdc kdc;
    private static Path keytab;

    private final Later later = new Later();

    /** Does nothing by itself, and notes how long it was to wait. */
    private static final class Later extends ScheduledThreadPoolExecutor {
        final List<Runnable> tasks = new ArrayList<>();
        final List<Duration> pauses = new ArrayList<>();

        Later() {
            super(1);
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
            tasks.add(task);
            pauses.add(Duration.of(delay, unit.toChronoUnit()));
            return super.schedule(() -> {}, 1, TimeUnit.DAYS);
        }

        void runLast() {
            tasks.get(tasks.size() - 1).run();
        }
    }

    @BeforeAll
    static void startKdc() throws IOException {
        kdc = TestKdc.start(dir, "TICKETS.EXAMPLE", LIFE);
        keytab = kdc.keytab("joe");
    }

    @AfterAll
    static void stopKdc() throws IOException {
        kdc.close();
    }

    @BeforeEach
    void reachTheKdc() throws IOException {
        kdc.configure(kdc.port());
    }

    @AfterEach
    void stop() {
        later.shutdownNow();
    }

    @Test
    void aTicketIsGotOnceAndKept() throws Exception {
        Tickets tickets = tickets();
        Subject first = tickets.get();

        assertThat(tickets.get()).isSameAs(first);
    }

    @Test
    void aNewOneIsAskedForWhenFourFifthsOfTheTimeAreOver() throws Exception {
        Tickets tickets = tickets();
        Subject first = tickets.get();
        assertThat(later.pauses.get(0))
                .isBetween(
                        LIFE.multipliedBy(70).dividedBy(100),
                        LIFE.multipliedBy(80).dividedBy(100));
        later.runLast();

        assertThat(tickets.get()).isNotSameAs(first);
        assertThat(later.tasks).hasSize(2); // and so on
    }

    @Test
    void whileTheKdcIsAwayTheOldOneIsUsedAndANewOneIsAskedForAgainAndAgain() throws Exception {
        Tickets tickets = tickets();
        Subject first = tickets.get();
        kdc.configure(FreePorts.next());
        later.runLast();
        later.runLast();

        assertThat(tickets.get()).isSameAs(first);
        assertThat(later.pauses).hasSize(3);
        assertThat(later.pauses.get(2)).isEqualTo(Duration.ofMinutes(1));

        kdc.configure(kdc.port());
        later.runLast();
        assertThat(tickets.get()).isNotSameAs(first);
    }

    @Test
    void aTicketThatTheKdcNoLongerTakesIsForgotten() throws Exception {
        Tickets tickets = tickets();
        Subject first = tickets.get();
        tickets.forget();

        assertThat(tickets.get()).isNotSameAs(first);
    }

    @Test
    void aKdcThatIsAwayMayComeBack() throws Exception {
        kdc.configure(FreePorts.next());
        Tickets tickets = tickets();

        assertThatThrownBy(tickets::get)
                .isInstanceOfSatisfying(
                        KerberosException.class, e -> assertThat(e.mayHeal()).isTrue())
                .hasMessageContaining("the KDC cannot be reached");
        kdc.configure(kdc.port());
        assertThat(tickets.get()).isNotNull();
    }

    @Test
    void anotherKeyThanTheKdcHasDoesNotHeal() throws Exception {
        Path old = kdc.keytab("changed");
        kdc.changeKey("changed");
        Tickets tickets = new Tickets("k1", new Keytab(new KerberosPrincipal("changed@TICKETS.EXAMPLE"), old), later);

        assertThatThrownBy(tickets::get)
                .isInstanceOfSatisfying(
                        KerberosException.class, e -> assertThat(e.mayHeal()).isFalse());
    }

    private Tickets tickets() {
        return new Tickets("k1", new Keytab(new KerberosPrincipal("joe@TICKETS.EXAMPLE"), keytab), later);
    }
}
