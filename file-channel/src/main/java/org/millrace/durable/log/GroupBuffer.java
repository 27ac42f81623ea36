package org.millrace.durable.log;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.EventBatch;
import org.millrace.codec.Origin;
import org.millrace.durable.format.Blocks;
import org.millrace.durable.format.Checksum;
import org.millrace.durable.format.GroupHeader;
import org.millrace.durable.format.RecordHeader;
import org.millrace.durable.format.RecordType;

/**
 * The plain form of one group: room for its header, then records back to back. Used over and over.
 *
 * <p>Its life: {@link #begin} and {@link #reserve} under the lock of {@link Intake}; {@link #copy} by whoever reserved, without a lock;
 * then everything else by the disk thread alone, once it has got the buffer from the intake and {@link #awaitCopies}.
 */
final class GroupBuffer {
    /** Kept free behind the puts, so that positions can ride along. */
    static final int POSITIONS_ROOM_BYTES = 32 << 10;

    private static final byte[] ZEROS = new byte[Blocks.BYTES];
    private static final long COPY_PARK_NANOS = 20_000;
    private static final int COPY_SPINS = 200;

    /** Where puts must end. */
    private final int putsEnd;

    private final List<Append> appends = new ArrayList<>();
    private final AtomicInteger copying = new AtomicInteger();
    /** Of the usual size; null until it is used for the first time. */
    private @Nullable ByteBuffer usual;

    private ByteBuffer bytes = ByteBuffer.allocate(0);
    private int usedBytes;
    private int putBytes;
    private int records;
    private int events;
    private long firstSequence;
    /** Why a copy did not come about: then the group is worthless. */
    private volatile @Nullable Throwable broken;

    /** @param mostBytes what puts may use of it, header of the group included; one that is longer gets memory of its own */
    GroupBuffer(int mostBytes) {
        this.putsEnd = mostBytes;
    }

    /** A group of one record without events. */
    static GroupBuffer of(RecordType type, long sequence, byte[] body) {
        int bytes = GroupHeader.BYTES + RecordHeader.BYTES + body.length;
        GroupBuffer group = new GroupBuffer(bytes);
        group.bytes = Blocks.allocate(bytes);
        group.reset(sequence);
        group.add(type, body);
        return group;
    }

    /** Starts a group whose first record has this length. */
    void begin(long sequence, int recordBytes) {
        if (GroupHeader.BYTES + recordBytes > putsEnd) {
            bytes = Blocks.allocate((long) GroupHeader.BYTES + recordBytes);
        } else {
            if (usual == null) {
                usual = Blocks.allocate((long) putsEnd + POSITIONS_ROOM_BYTES);
            }
            bytes = usual;
        }
        reset(sequence);
    }

    private void reset(long sequence) {
        usedBytes = GroupHeader.BYTES;
        putBytes = 0;
        records = 0;
        events = 0;
        firstSequence = sequence;
        broken = null;
    }

    /** Forgets the puts; memory of its own, too. */
    void clear() {
        appends.clear();
        bytes = ByteBuffer.allocate(0);
    }

    boolean hasRoom(int recordBytes) {
        return recordBytes <= putsEnd - usedBytes;
    }

    /** Sets room aside for a put. {@link #copy} must follow, whatever happens. */
    Reservation reserve(Append put, int bodyCrc) {
        Reservation reservation = new Reservation(this, put, bodyCrc, usedBytes);
        appends.add(put);
        int recordBytes = RecordHeader.BYTES + put.encodedBytes();
        usedBytes += recordBytes;
        putBytes += recordBytes;
        records++;
        events += put.events();
        copying.incrementAndGet();
        return reservation;
    }

    /**
     * A place for a put.
     *
     * @param at where its record goes
     */
    record Reservation(GroupBuffer group, Append put, int bodyCrc, int at) {
        void copy() {
            group.copy(this);
        }
    }

    private void copy(Reservation place) {
        try {
            Append put = place.put();
            Origin origin = put.origin();
            new RecordHeader(
                            put.encodedBytes(),
                            place.bodyCrc(),
                            RecordType.BATCH,
                            put.events(),
                            put.bodyBytes(),
                            0, // until it is sealed
                            origin == null ? RecordHeader.NO_SENDER : origin.sender(),
                            origin == null ? 0 : origin.sequence())
                    .write(bytes, place.at());
            int from = place.at() + RecordHeader.BYTES;
            ByteBuffer target =
                    bytes.duplicate().limit(from + put.encodedBytes()).position(from);
            for (EventBatch batch : put.batches()) {
                batch.copyTo(target);
            }
        } catch (RuntimeException | Error e) {
            broken = e; // such as no memory. The disk thread fails the group: its records would not be whole
        } finally {
            copying.decrementAndGet();
        }
    }

    /** Waits until all puts have been copied; throws if one could not be. */
    void awaitCopies() {
        settleCopies();
        if (broken != null) {
            throw new IllegalStateException("a put could not be copied", broken);
        }
    }

    /** Waits until nobody copies any more. */
    void settleCopies() {
        for (int spins = 0; copying.get() > 0; spins++) {
            if (spins < COPY_SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(COPY_PARK_NANOS); // whoever copies has lost its processor
            }
        }
    }

    /** Adds a record without events; false if there is no room. */
    boolean add(RecordType type, byte[] body) {
        if (usedBytes + RecordHeader.BYTES + body.length > bytes.capacity()) {
            return false;
        }
        int crc = Checksum.of(body, 0, body.length);
        new RecordHeader(body.length, crc, type, 0, 0, 0, RecordHeader.NO_SENDER, 0).write(bytes, usedBytes);
        bytes.put(usedBytes + RecordHeader.BYTES, body);
        usedBytes += RecordHeader.BYTES + body.length;
        records++;
        return true;
    }

    /** Its first event gets another sequence: a group before it has failed. Under the lock of {@link Intake}. */
    void renumber(long first) {
        firstSequence = first;
    }

    /** Gives every record's header its sequence and its checksum. May be done again for another segment. */
    void sealRecords(int salt) {
        long sequence = firstSequence;
        for (int at = GroupHeader.BYTES; at < usedBytes; at += RecordHeader.recordBytesAt(bytes, at)) {
            RecordHeader.number(bytes, at, sequence);
            RecordHeader.seal(bytes, at, salt);
            sequence += RecordHeader.eventsAt(bytes, at);
        }
    }

    /** Zeros up to the end of the last block. */
    void pad() {
        pad(bytes, usedBytes);
    }

    static void pad(ByteBuffer bytes, int from) {
        bytes.put(from, ZEROS, 0, (int) Blocks.roundUp(from) - from);
    }

    /** Little-endian; indices mean nothing. */
    ByteBuffer bytes() {
        return bytes;
    }

    /** Header and records. */
    int usedBytes() {
        return usedBytes;
    }

    /** Records of puts alone. */
    int putBytes() {
        return putBytes;
    }

    int records() {
        return records;
    }

    int events() {
        return events;
    }

    long firstSequence() {
        return firstSequence;
    }

    /** Sequence behind its last event. */
    long endSequence() {
        return firstSequence + events;
    }

    /** In the order of the log. */
    List<Append> appends() {
        return appends;
    }
}
