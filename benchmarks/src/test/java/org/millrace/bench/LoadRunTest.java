package org.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LoadRunTest {
    private static final Duration WARM_UP = Duration.ofMillis(50);
    private static final Duration MEASURED = Duration.ofMillis(150);

    static Stream<Workload> workloads() {
        return Stream.of(
                new Workload(1, 1, 1, 0),
                new Workload(2, 1, 100, 512),
                new Workload(3, 4, 100, 512),
                new Workload(2, 2, 1000, 512));
    }

    @ParameterizedTest
    @MethodSource("workloads")
    void everyAckedEventWasSeenByTheServer(Workload workload) throws InterruptedException {
        try (NullServer server = new NullServer(0, 1)) {
            Target target = Target.server(server.port(), () -> 0);

            LoadResult result = new LoadRun(target, workload).run(WARM_UP, MEASURED);

            assertThat(result.events()).isPositive().isLessThanOrEqualTo(server.events());
            assertThat(result.events() % workload.batchEvents()).isZero();
            assertThat(result.failedEvents()).isZero();
            assertThat(result.latencyNanos().getTotalCount()).isEqualTo(result.events() / workload.batchEvents());
            assertThat(server.events() % workload.batchEvents()).isZero();
        }
    }

    @Test
    void aHopIsLoadedWithNoMoreThanItMayHold() throws InterruptedException {
        try (NullServer server = new NullServer(0, 1)) {
            // One request comes out, after the first look; then none any more: as a sink that got stuck.
            Target target = Target.hop(server.port(), () -> 0, () -> Math.min(server.events(), 100));

            LoadResult result = new LoadRun(target, new Workload(2, 2, 100, 0)).run(WARM_UP, MEASURED);

            assertThat(server.events()).isLessThanOrEqualTo(20_000 + 4 * 100);
            assertThat(result.events()).isLessThanOrEqualTo(100);
        }
    }

    @Test
    void aServerThatHangsUpFailsTheRun() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread hangUp = new Thread(() -> {
                try {
                    server.accept().close();
                } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            hangUp.start();
            Target target = Target.server(server.getLocalPort(), () -> 0);

            assertThatThrownBy(() -> new LoadRun(target, new Workload(1, 1, 1, 0)).run(WARM_UP, MEASURED))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("broke");
        }
    }
}
