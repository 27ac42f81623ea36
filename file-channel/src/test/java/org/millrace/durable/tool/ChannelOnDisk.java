package org.millrace.durable.tool;

import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ChannelMetrics;
import org.millrace.codec.EventBatch;
import org.millrace.durable.format.EventRange;
import org.millrace.durable.format.GroupHeader;
import org.millrace.durable.format.PositionUpdate;
import org.millrace.durable.format.RecordHeader;
import org.millrace.durable.log.Durability;
import org.millrace.durable.log.DurableLog;
import org.millrace.durable.log.LogSettings;
import org.millrace.durable.log.LogView;
import org.millrace.durable.log.SegmentCiphers;
import org.millrace.durable.log.SegmentWalk;
import org.millrace.durable.log.TestPut;
import org.millrace.durable.storage.DiskStorage;
import org.millrace.durable.storage.Storage;
import org.millrace.testkit.Batches;

/** A channel's log in real directories, as an agent writes it, in segments of 64 KiB. Events are {@link Batches#numbered} or zeros. */
final class ChannelOnDisk implements AutoCloseable {
    static final int SEGMENT_BYTES = 64 << 10;
    static final String READER = "default";

    private final List<Storage> directories = new ArrayList<>();
    private final List<String> readers;
    private final LogSettings settings;
    private DurableLog log;
    private int next;

    ChannelOnDisk(Path... directories) throws Exception {
        this(null, List.of(READER), directories);
    }

    ChannelOnDisk(@Nullable SegmentCiphers ciphers, List<String> readers, Path... directories) throws Exception {
        this(
                readers,
                new LogSettings(
                        "c1",
                        Durability.ALWAYS,
                        Duration.ofSeconds(1),
                        SEGMENT_BYTES,
                        4 << 10,
                        16 << 10,
                        0,
                        Duration.ofDays(1), // nothing is used again
                        Duration.ofMillis(20),
                        ciphers),
                directories);
    }

    private ChannelOnDisk(List<String> readers, LogSettings settings, Path... directories) throws Exception {
        this.settings = settings;
        this.readers = readers;
        for (Path directory : directories) {
            this.directories.add(DiskStorage.in(directory));
        }
        open();
    }

    /**
     * One that writes as fast as it can, in segments of 256 KiB, uses slots again when they are taken, and deletes at once those that
     * are too many: it has room for more, but as it sees it not for long.
     */
    static ChannelOnDisk busy(Path directory) throws Exception {
        long reserveBytes = DiskStorage.in(directory).usableBytes() / 3 * 2;
        LogSettings settings = new LogSettings(
                "c1",
                Durability.OS,
                Duration.ofSeconds(1),
                256 << 10,
                4 << 10,
                16 << 10,
                reserveBytes,
                Duration.ZERO,
                Duration.ofMillis(20),
                null);
        return new ChannelOnDisk(List.of(READER), settings, directory);
    }

    void open() throws Exception {
        log = DurableLog.open(
                settings, directories, readers, new ChannelMetrics("c1", new MetricRegistry()), InstantSource.system());
    }

    /** Puts so many numbered events, one record. */
    ChannelOnDisk put(int events) throws Exception {
        put(Batches.numbered(next, events));
        return this;
    }

    /** Puts records of about 8 KiB, an event each, until so many segments have been begun. */
    ChannelOnDisk fill(int segments) throws Exception {
        while (view().segments().size() < segments) {
            put(Batches.sized(1, 8 << 10));
        }
        return this;
    }

    private void put(EventBatch batch) throws Exception {
        next += batch.events();
        TestPut put = TestPut.of(batch);
        log.append(put);
        put.get();
    }

    ChannelOnDisk commit(long from, long to) throws Exception {
        return commit(READER, from, to);
    }

    ChannelOnDisk commit(String reader, long from, long to) throws Exception {
        log.commitAndWait(new PositionUpdate(reader, List.of(new EventRange(from, to)), Map.of()));
        return this;
    }

    /** Events that were put. */
    int events() {
        return next;
    }

    ChannelOnDisk stop() {
        log.close();
        return this;
    }

    /** Leaves the files as if nobody had stopped it: nothing says that the last puts were on disk. */
    ChannelOnDisk kill() throws IOException {
        stop();
        List<Group> groups = groups();
        Group last = groups.get(groups.size() - 1);
        if (last.header().events() == 0) {
            write(last.file(), last.offset(), new byte[last.header().paddedBytes()]);
        }
        return this;
    }

    @Override
    public void close() {
        log.close();
    }

    LogView view() throws IOException {
        return LogView.of(directories, settings.cipher());
    }

    /** A group in a file. */
    record Group(Path file, long offset, GroupHeader header) {
        /** Damages the last byte of its last record. */
        void damageBody() throws IOException {
            flip(file, offset + header.usedBytes() - 1);
        }

        void damageHeader() throws IOException {
            flip(file, offset + 20);
        }

        /** Only its beginning has reached the disk. */
        void tear() throws IOException {
            write(file, offset + GroupHeader.BYTES + RecordHeader.BYTES, new byte[header.paddedBytes() - 200]);
        }
    }

    /** All groups, oldest first. */
    List<Group> groups() throws IOException {
        List<Group> groups = new ArrayList<>();
        for (LogView.FoundSlot slot : view().segments()) {
            Path file = slot.storage().path().resolve(slot.slot());
            SegmentWalk.Visitor collector = new SegmentWalk.Visitor() {
                @Override
                public SegmentWalk.Want group(long offset, GroupHeader header) {
                    groups.add(new Group(file, offset, header));
                    return SegmentWalk.Want.NOTHING;
                }

                @Override
                public void record(GroupHeader group, RecordHeader record, ByteBuffer body) {}

                @Override
                public void bad(SegmentWalk.BadPlace place) {
                    throw new AssertionError("not sound: " + place);
                }
            };
            new SegmentWalk(slot.storage(), slot.slot(), slot.segment(), SegmentWalk.NEWEST, null, collector)
                    .run(new SegmentWalk.Memory());
        }
        return groups;
    }

    /** The group that has an event. */
    Group groupOf(long sequence) throws IOException {
        return groups().stream()
                .filter(group -> group.header().firstSequence() <= sequence
                        && sequence
                                < group.header().firstSequence()
                                        + group.header().events())
                .findFirst()
                .orElseThrow();
    }

    static void flip(Path file, long at) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, at);
            channel.write(ByteBuffer.wrap(new byte[] {(byte) (one.get(0) ^ 0x40)}), at);
        }
    }

    static void write(Path file, long at, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes), at);
        }
    }
}
