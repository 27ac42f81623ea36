package org.millrace.durable.log;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.millrace.durable.format.Checksum;
import org.millrace.durable.format.GroupHeader;
import org.millrace.durable.format.RecordHeader;
import org.millrace.durable.format.RecordType;

/**
 * Cuts a group into its records: {@link #next} moves to one record after the other. A body's checksum is compared when {@link
 * #isSound} is asked, and not before. Valid until its {@link GroupScanner} moves. One thread.
 */
final class GroupRecords {
    private final GroupHeader group;
    /** The group in the clear, with whatever stands around it. */
    private final ByteBuffer bytes;
    /** Index of the group's header in {@code bytes}, or where it would be. */
    private final int start;

    private final int end;
    private int left;
    private int at;
    private int nextAt;
    private long sequence;
    private long endSequence;
    private @Nullable RecordHeader record;

    /**
     * @param bytes little-endian
     * @param start index of the group's header; the records stand behind it
     * @param end index behind the last record
     */
    GroupRecords(GroupHeader group, ByteBuffer bytes, int start, int end) {
        this.group = group;
        this.bytes = bytes;
        this.start = start;
        this.end = end;
        this.left = group.records();
        this.nextAt = start + GroupHeader.BYTES;
        this.endSequence = group.firstSequence();
    }

    GroupHeader group() {
        return group;
    }

    /** The same, before its first record. */
    GroupRecords again() {
        return new GroupRecords(group, bytes, start, end);
    }

    /** Moves to the next record; false behind the last one. Of one whose header is damaged, all that follows it is a part. */
    boolean next() {
        if (left == 0) {
            return false;
        }
        at = nextAt;
        sequence = endSequence;
        record = headerAt(at);
        if (record == null) {
            left = 0;
            nextAt = end;
            endSequence = Math.max(sequence, GroupScanner.endSequence(group));
        } else {
            left--;
            nextAt = at + record.recordBytes();
            endSequence = sequence + record.events();
        }
        return true;
    }

    private @Nullable RecordHeader headerAt(int index) {
        if (end - index < RecordHeader.BYTES) {
            return null;
        }
        RecordHeader header = RecordHeader.read(bytes, index, group.salt());
        boolean fits = header != null
                && header.bodyBytes() <= end - index - RecordHeader.BYTES
                && header.events() >= 0
                && header.events() <= GroupScanner.endSequence(group) - sequence
                && (header.type() != RecordType.BATCH || header.sequence() == sequence);
        return fits ? header : null;
    }

    /** The record moved to; null if its header is damaged. */
    @Nullable
    RecordHeader header() {
        return record;
    }

    /** Whether the record moved to is what was written. Reads all of it. */
    boolean isSound() {
        RecordHeader header = record;
        return header != null && header.bodyCrc() == Checksum.of(bytes, at + RecordHeader.BYTES, header.bodyBytes());
    }

    /** The body of the record moved to, with indices of its own. */
    ByteBuffer body() {
        return bytes.duplicate().limit(nextAt).position(at + RecordHeader.BYTES);
    }

    byte[] bodyArray() {
        byte[] body = new byte[nextAt - at - RecordHeader.BYTES];
        body().get(body);
        return body;
    }

    /** Sequence of the first event of the record moved to. */
    long sequence() {
        return sequence;
    }

    /** Sequence behind its last event. */
    long endSequence() {
        return endSequence;
    }

    /** Where the record moved to begins, in bytes from the start of the group. */
    int offset() {
        return at - start;
    }

    /** Where it ends. */
    int endOffset() {
        return nextAt - start;
    }
}
