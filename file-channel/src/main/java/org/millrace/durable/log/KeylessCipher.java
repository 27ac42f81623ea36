package org.millrace.durable.log;

import java.nio.ByteBuffer;
import org.millrace.durable.format.SegmentHeader;

/** Stands in for the cipher of segments whose keys we do not have: their headers are in the clear. */
final class KeylessCipher implements SegmentCipher {
    static final SegmentCiphers OF_ALL = new SegmentCiphers() {
        @Override
        public Fresh fresh() {
            throw new IllegalStateException("there is no key");
        }

        @Override
        public SegmentCipher of(SegmentHeader header) {
            return new KeylessCipher();
        }
    };

    @Override
    public int tagBytes() {
        return 0;
    }

    @Override
    public void seal(ByteBuffer header, ByteBuffer plain, ByteBuffer sealed, long lsn) {
        throw new IllegalStateException("there is no key");
    }

    @Override
    public boolean open(ByteBuffer header, ByteBuffer sealed, ByteBuffer plain, long lsn) {
        return false;
    }
}
