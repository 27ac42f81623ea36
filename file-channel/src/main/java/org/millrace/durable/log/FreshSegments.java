package org.millrace.durable.log;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.millrace.durable.format.SegmentHeader;
import org.millrace.durable.log.Recovered.FreeSlot;
import org.millrace.durable.storage.Storage;
import org.millrace.durable.storage.StorageFile;

/** Begins one segment after the other. No two have the same number, even if the first did not come about. The disk thread's. */
final class FreshSegments {
    private static final byte[] NO_KEY = {};

    private final LogSettings settings;
    private final UUID logId;
    private final UUID senderId;
    private final GroupSealer sealer;
    private final InstantSource clock;
    private final SecureRandom salts = new SecureRandom();
    private long nextNumber;

    /**
     * @param senderId of all events that are put from now on
     * @param nextNumber of the first one
     */
    FreshSegments(
            LogSettings settings, UUID logId, UUID senderId, long nextNumber, GroupSealer sealer, InstantSource clock) {
        this.settings = settings;
        this.logId = logId;
        this.senderId = senderId;
        this.nextNumber = nextNumber;
        this.sealer = sealer;
        this.clock = clock;
    }

    /** Writes the head of a segment; not forced yet. Failing, it leaves the slot in any state and nothing open. */
    ActiveSegment begin(FreeSlot slot, GroupBuffer snapshot) throws IOException {
        SegmentCiphers ciphers = settings.cipher();
        SegmentCiphers.Fresh key = ciphers == null ? null : ciphers.fresh();
        SegmentHeader header = new SegmentHeader(
                salts.nextInt(),
                logId,
                nextNumber++,
                settings.segmentBytes(),
                snapshot.firstSequence(),
                clock.millis(),
                key == null ? "" : key.keyName(),
                key == null ? NO_KEY : key.wrappedKey(),
                senderId);
        StorageFile file = slot.storage().open(slot.slot(), Storage.Access.WRITE);
        Segment segment = new Segment(slot.storage(), slot.slot(), header);
        ActiveSegment active = new ActiveSegment(segment, file, cipherOf(key), sealer, clock);
        try {
            active.begin(snapshot);
            return active;
        } catch (IOException | RuntimeException e) {
            active.close();
            throw e;
        }
    }

    private static @Nullable SegmentCipher cipherOf(SegmentCiphers.@Nullable Fresh key) {
        return key == null ? null : key.cipher();
    }
}
