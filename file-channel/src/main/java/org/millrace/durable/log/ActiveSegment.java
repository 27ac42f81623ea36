package org.millrace.durable.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.millrace.durable.format.Blocks;
import org.millrace.durable.storage.StorageFile;

/** The segment that is being written. The disk thread's. After a failure it is not written to again. */
final class ActiveSegment {
    private final Segment segment;
    private final StorageFile file;
    private final @Nullable SegmentCipher cipher;
    private final GroupSealer sealer;
    private final InstantSource clock;
    /** Offsets. */
    private long end;

    private long forcedEnd;
    /** Behind the last group that has events. */
    private long putsEnd;
    /** Everything before this is on disk, as the group says that was written last. */
    private long provenEnd;

    private boolean isSound = true;

    ActiveSegment(
            Segment segment,
            StorageFile file,
            @Nullable SegmentCipher cipher,
            GroupSealer sealer,
            InstantSource clock) {
        this.segment = segment;
        this.file = file;
        this.cipher = cipher;
        this.sealer = sealer;
        this.clock = clock;
    }

    Segment segment() {
        return segment;
    }

    /** Writes the first block and the first group in one go. */
    void begin(GroupBuffer snapshot) throws IOException {
        ByteBuffer group = seal(snapshot, Blocks.BYTES);
        ByteBuffer both = Blocks.allocate((long) Blocks.BYTES + group.remaining());
        both.put(segment.header().toBlock()).put(group).flip();
        end = both.remaining();
        file.write(both, 0);
    }

    /** Whether these groups, none if null, still go in. */
    boolean fits(@Nullable GroupBuffer one, @Nullable GroupBuffer other) {
        return end + paddedBytes(one) + paddedBytes(other) <= segment.header().segmentBytes();
    }

    private long paddedBytes(@Nullable GroupBuffer group) {
        return group == null ? 0 : GroupSealer.paddedBytes(group, cipher);
    }

    void write(GroupBuffer group) throws IOException {
        ByteBuffer sealed = seal(group, end);
        int bytes = sealed.remaining();
        file.write(sealed, end);
        provenEnd = forcedEnd;
        end += bytes;
        putsEnd = group.events() > 0 ? end : putsEnd;
    }

    /**
     * Whether the puts written last are on disk and no group says so: to a restart, damage to them would look like a write that was
     * cut short. And whether there is room to say it.
     */
    boolean lacksProof() {
        return isSound
                && putsEnd > provenEnd
                && forcedEnd >= putsEnd
                && end + Blocks.BYTES <= segment.header().segmentBytes();
    }

    private ByteBuffer seal(GroupBuffer group, long offset) {
        return sealer.seal(
                group,
                segment.header().salt(),
                cipher,
                segment.baseLsn() + offset,
                segment.baseLsn() + forcedEnd,
                clock.millis());
    }

    boolean isForced() {
        return forcedEnd == end;
    }

    void force() throws IOException {
        isSound = false;
        file.force();
        forcedEnd = end;
        isSound = true;
    }

    /** False once a force has failed: to force it again would prove nothing. */
    boolean isSound() {
        return isSound;
    }

    /** Gives the file back, forced or not. */
    void close() throws IOException {
        file.close();
    }
}
