package org.millrace.durable.format;

/** What a record holds. */
public enum RecordType {
    /** Zeros behind the last record of a group, or a number that we do not know. Never written. */
    NONE(0),
    /** Encoded events, one put. */
    BATCH(1),
    /** What readers have committed since the record of this kind before: {@link PositionUpdates}. */
    POSITIONS(2),
    /** Everything that a restart must know, at the head of a segment: a {@link LogState}. */
    SNAPSHOT(3);

    private static final RecordType[] ALL = values();

    private final int number;

    RecordType(int number) {
        this.number = number;
    }

    /** As it stands in the log. */
    int number() {
        return number;
    }

    /** The type of this number; {@code NONE} for one that is unknown. */
    static RecordType of(int number) {
        for (RecordType type : ALL) {
            if (type.number == number) {
                return type;
            }
        }
        return NONE;
    }
}
