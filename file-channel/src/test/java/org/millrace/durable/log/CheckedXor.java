package org.millrace.durable.log;

import java.nio.ByteBuffer;
import org.millrace.durable.format.Checksum;
import org.millrace.durable.format.SegmentHeader;

/** A cipher for tests: turns the bits over, with a checksum of header and text as its tag. Knows one key by name. */
final class CheckedXor implements SegmentCiphers {
    private final String knownKey;

    CheckedXor(String knownKey) {
        this.knownKey = knownKey;
    }

    @Override
    public Fresh fresh() {
        return new Fresh(new Cipher(), knownKey, new byte[] {1});
    }

    @Override
    public SegmentCipher of(SegmentHeader header) throws UnknownKeyException {
        if (!header.keyName().equals(knownKey)) {
            throw new UnknownKeyException("no key " + header.keyName());
        }
        return new Cipher();
    }

    private static final class Cipher implements SegmentCipher {
        @Override
        public int tagBytes() {
            return Integer.BYTES;
        }

        @Override
        public void seal(ByteBuffer header, ByteBuffer plain, ByteBuffer sealed, long lsn) {
            int from = sealed.position();
            while (plain.hasRemaining()) {
                sealed.put((byte) ~plain.get());
            }
            sealed.putInt(tag(header, sealed, from, sealed.position(), lsn));
        }

        @Override
        public boolean open(ByteBuffer header, ByteBuffer sealed, ByteBuffer plain, long lsn) {
            int end = sealed.limit() - tagBytes();
            int tag = tag(header, sealed, sealed.position(), end, lsn);
            while (sealed.position() < end) {
                plain.put((byte) ~sealed.get());
            }
            return sealed.getInt() == tag;
        }

        private static int tag(ByteBuffer header, ByteBuffer sealed, int from, int end, long lsn) {
            return Checksum.of(header, 0, header.limit()) ^ Checksum.of(sealed, from, end - from) ^ (int) lsn;
        }
    }
}
