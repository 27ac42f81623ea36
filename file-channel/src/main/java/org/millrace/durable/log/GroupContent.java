package org.millrace.durable.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.Origin;
import org.millrace.durable.format.GroupHeader;
import org.millrace.durable.format.LogState;
import org.millrace.durable.format.PositionUpdate;
import org.millrace.durable.format.PositionUpdates;
import org.millrace.durable.format.RecordHeader;
import org.millrace.durable.format.RecordType;

/**
 * What a group means to a restart, as far as it is sound.
 *
 * @param snapshot null unless it begins a segment
 * @param updates in the order of the log
 * @param numbered likewise
 * @param damage empty if all of the group is sound
 */
record GroupContent(
        @Nullable LogState snapshot, List<PositionUpdate> updates, List<Numbered> numbered, List<Damage> damage) {

    /** Events that their sender had numbered. */
    record Numbered(Origin first, int events) {}

    /** Reads the group that the scanner stands on, and compares all checksums; throws if the disk does not answer. */
    static GroupContent of(GroupScanner groups, GroupHeader header) throws IOException {
        GroupRecords records = SecondTry.orNull(groups, () -> groups.records(header));
        if (records == null) {
            long end = GroupScanner.endSequence(header);
            return new GroupContent(
                    null,
                    List.of(),
                    List.of(),
                    List.of(damage(groups, 0, header.paddedBytes(), header.firstSequence(), end, "the group")));
        }
        LogState snapshot = null;
        List<PositionUpdate> updates = new ArrayList<>();
        List<Numbered> numbered = new ArrayList<>();
        List<Damage> damage = new ArrayList<>();
        while (records.next()) {
            try {
                RecordHeader record = soundHeader(records);
                if (record.type() == RecordType.SNAPSHOT) {
                    snapshot = LogState.decode(records.bodyArray());
                } else if (record.type() == RecordType.POSITIONS) {
                    updates.addAll(PositionUpdates.decode(records.bodyArray()));
                } else if (!record.sender().equals(RecordHeader.NO_SENDER)) {
                    numbered.add(new Numbered(new Origin(record.sender(), record.senderSequence()), record.events()));
                }
            } catch (IllegalArgumentException e) {
                damage.add(damage(
                        groups,
                        records.offset(),
                        records.endOffset(),
                        records.sequence(),
                        records.endSequence(),
                        "a record"));
            }
        }
        return new GroupContent(snapshot, updates, numbered, damage);
    }

    private static RecordHeader soundHeader(GroupRecords records) {
        RecordHeader header = records.header();
        if (header == null || !records.isSound()) {
            throw new IllegalArgumentException("wrong checksum");
        }
        return header;
    }

    private static Damage damage(
            GroupScanner groups, int from, int to, long fromSequence, long toSequence, String what) {
        return new Damage(
                groups.segment(),
                groups.offset() + from,
                groups.offset() + to,
                fromSequence,
                toSequence,
                what + " is not what was written");
    }
}
