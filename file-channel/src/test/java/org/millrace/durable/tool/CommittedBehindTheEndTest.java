package org.millrace.durable.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.millrace.durable.format.EventRange;
import org.millrace.durable.format.GroupHeader;
import org.millrace.durable.format.PositionUpdate;
import org.millrace.durable.format.RecordHeader;
import org.millrace.durable.log.DrivenDurableLog;
import org.millrace.durable.log.DrivenLog;
import org.millrace.durable.log.Durability;
import org.millrace.durable.log.LogSettings;
import org.millrace.durable.log.LogView.FoundSlot;
import org.millrace.durable.log.SegmentWalk;
import org.millrace.durable.log.TestPut;
import org.millrace.durable.storage.SimulatedDisks;
import org.millrace.durable.storage.Storage;
import org.millrace.durable.storage.StorageFile;
import org.millrace.testkit.FakeClock;

/** Puts are not forced, and a loss of power tears the last one, but not the position behind it: the event was taken, and is gone. */
class CommittedBehindTheEndTest {
    private static final String READER = "default";
    private static final LogSettings SETTINGS = new LogSettings(
            "c1",
            Durability.OS,
            Duration.ofSeconds(1),
            64 << 10,
            4 << 10,
            16 << 10,
            0,
            Duration.ofDays(1),
            Duration.ofMillis(20),
            null);

    private final SimulatedDisks disks = new SimulatedDisks(3);
    private final Storage disk = disks.add("one", Long.MAX_VALUE);
    private final FakeClock clock = new FakeClock();

    @Test
    void theLogEndsWhereARestartHasItEnd() throws Exception {
        DrivenLog log = open();
        put(log, 0);
        put(log, 100);
        CompletableFuture<Void> committed =
                log.commitDurably(new PositionUpdate(READER, List.of(new EventRange(0, 20)), Map.of()));
        work(log);
        assertThat(committed).isCompleted();
        tear(groups().get(1));

        ChannelFiles files = ChannelFiles.look(List.of(disk), null);
        assertThat(files.endSequence()).isEqualTo(20);
        assertThat(files.lowestWatermark()).isEqualTo(20);
        assertThat(ChannelFiles.backlog(files.state(), READER, files.endSequence()))
                .isZero();
        disks.kill();
        try (DrivenLog again = open()) {
            assertThat(again.log().recoveredEnd()).isEqualTo(files.endSequence());
        }
    }

    private DrivenLog open() throws Exception {
        return DrivenDurableLog.open(SETTINGS, List.of(disk), List.of(READER), clock);
    }

    /** Ten events, a group. */
    private static void put(DrivenLog log, int first) {
        TestPut put = TestPut.numbered(first, 10);
        log.log().append(put);
        work(log);
        assertThat(put).isCompleted();
    }

    private static void work(DrivenLog log) {
        while (log.work()) {
            // until there is nothing left to do
        }
    }

    private record Group(String slot, long offset, GroupHeader header) {}

    private List<Group> groups() throws Exception {
        List<Group> groups = new ArrayList<>();
        FoundSlot slot = ChannelFiles.look(List.of(disk), null).segments().get(0);
        SegmentWalk.Visitor collector = new SegmentWalk.Visitor() {
            @Override
            public SegmentWalk.Want group(long offset, GroupHeader header) {
                if (header.events() > 0) {
                    groups.add(new Group(slot.slot(), offset, header));
                }
                return SegmentWalk.Want.NOTHING;
            }

            @Override
            public void record(GroupHeader group, RecordHeader record, ByteBuffer body) {}

            @Override
            public void bad(SegmentWalk.BadPlace place) {}
        };
        new SegmentWalk(disk, slot.slot(), slot.segment(), SegmentWalk.NEWEST, null, collector)
                .run(new SegmentWalk.Memory());
        return groups;
    }

    private void tear(Group group) throws Exception {
        try (StorageFile file = disk.open(group.slot(), Storage.Access.WRITE)) {
            file.write(ByteBuffer.allocate(8), group.offset() + group.header().usedBytes() - 8);
        }
    }
}
