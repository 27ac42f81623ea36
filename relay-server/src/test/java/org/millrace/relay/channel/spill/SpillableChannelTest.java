package org.millrace.relay.channel.spill;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.millrace.api.Channel;
import org.millrace.api.ChannelContext;
import org.millrace.api.ChannelMetrics;
import org.millrace.api.Transaction;
import org.millrace.testkit.FakeTimer;

/** What is put comes out in its order, wherever it stood, and what is taken and not committed stays. */
class SpillableChannelTest extends SpillFixture {
    @Test
    void eventsComeOutInTheirOrderAcrossMemoryAndDisk() throws Exception {
        try (Channel channel = started(4, 100, Duration.ZERO)) {
            submit(channel, 0, 3);
            submit(channel, 3, 1);
            submit(channel, 4, 2);
            submit(channel, 6, 3);
            assertThat(disk.bodies()).hasSize(5);
            assertThat(figure("memoryEvents")).isEqualTo(4L);
            assertThat(figure("overflowEvents")).isEqualTo(5L);
            assertThat(figure("spilling")).isEqualTo(1);
            assertThat(metrics.flumeAttributes().get("ChannelSize").getValue()).isEqualTo(9L);
            assertThat(metrics.flumeAttributes().get("ChannelCapacity").getValue())
                    .isEqualTo(104L);
            assertThat(take(channel, 4)).containsExactlyElementsOf(range(0, 4));
            assertThat(figure("spilling")).isEqualTo(0);
            submit(channel, 9, 2);
            assertThat(disk.bodies()).hasSize(5);

            assertThat(take(channel, 100)).containsExactlyElementsOf(range(4, 11));
            assertThat(figure("memoryEvents")).isEqualTo(0L);
            assertThat(figure("overflowEvents")).isEqualTo(0L);
        }
    }

    @Test
    void rolledBackEventsOfBothSidesStandWhereTheyStood() throws Exception {
        try (Channel channel = started(4, 100, Duration.ZERO)) {
            submit(channel, 0, 4);
            submit(channel, 4, 4);
            Transaction first = channel.begin();
            Transaction second = channel.begin();
            assertThat(takeFrom(first, 3)).containsExactlyElementsOf(range(0, 3));
            assertThat(takeFrom(second, 3)).containsExactlyElementsOf(range(3, 6));
            assertThat(takeFrom(first, 1)).containsExactly(6);
            first.close();
            second.close();
            assertThat(take(channel, 10)).containsExactlyElementsOf(range(0, 8));
        }
    }

    @Test
    void partsOfWhatWasTakenFromDiskAreCommittedAndTheRestGoesBack() throws Exception {
        try (Channel channel = started(2, 100, Duration.ZERO)) {
            submit(channel, 0, 2);
            submit(channel, 2, 6);
            try (Transaction all = channel.begin();
                    Transaction done = channel.begin()) {
                takeFrom(all, 8);
                all.handOver(1, 3, done); // 1, 2 and 3
                all.handOver(6, 1, done);
                done.commit();
            }
            assertThat(figure("overflowEvents")).isEqualTo(3L);
            assertThat(take(channel, 10)).containsExactly(0, 4, 5, 7);
            assertThat(disk.bodies()).isEmpty();
            assertThat(disk.openTransactions()).isZero();
        }
    }

    @Test
    void whatATransactionTookFromTheDiskInSeveralTakesIsOneCommit() throws Exception {
        try (Channel channel = started(1, 100, Duration.ZERO)) {
            submit(channel, 0, 1);
            submit(channel, 1, 4);
            try (Transaction transaction = channel.begin()) {
                takeFrom(transaction, 3);
                takeFrom(transaction, 2);
                transaction.commit();
            }
            assertThat(disk.commits()).isEqualTo(1);
            assertThat(disk.bodies()).isEmpty();
        }
    }

    @Test
    void afterARestartWhatWasOnDiskIsServedBeforeWhatIsNew() throws Exception {
        Path data = directory.resolve("data");
        SpillSettings settings = settings(2, 100, Duration.ZERO);
        try (Channel channel = new SpillableChannel(context, settings, Disks.onDisk(data, 100), new FakeTimer())) {
            channel.start();
            submit(channel, 0, 2);
            submit(channel, 2, 3);
        }
        MetricRegistry fresh = new MetricRegistry();
        ChannelContext again = new ChannelContext("a1", "c1", new ChannelMetrics("c1", fresh), InstantSource.system());
        try (Channel channel = new SpillableChannel(again, settings, Disks.onDisk(data, 100), new FakeTimer())) {
            channel.start();
            assertThat(fresh.getGauges().get("channel.c1.overflowEvents").getValue())
                    .isEqualTo(3L);
            assertThat(fresh.getGauges()).containsKey("channel.c1.overflow.segmentsInUse");
            submit(channel, 5, 1);
            assertThat(take(channel, 10)).containsExactlyElementsOf(range(2, 6));
        }
    }
}
