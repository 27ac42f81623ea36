package org.millrace.durable.log;

import java.nio.ByteBuffer;
import org.millrace.durable.format.Checksum;
import org.millrace.durable.format.SegmentHeader;

/** A cipher that keeps no secret, but changes each byte and authenticates header and text with a tag. */
final class XorCiphers implements SegmentCiphers {
    private static final byte MASK = 0x5A;

    @Override
    public Fresh fresh() {
        return new Fresh(new Cipher(), "mask", new byte[] {MASK});
    }

    @Override
    public SegmentCipher of(SegmentHeader header) throws UnknownKeyException {
        if (!header.keyName().equals("mask")) {
            throw new UnknownKeyException(header.keyName());
        }
        return new Cipher();
    }

    private static final class Cipher implements SegmentCipher {
        @Override
        public int tagBytes() {
            return 2 * Integer.BYTES;
        }

        @Override
        public void seal(ByteBuffer header, ByteBuffer plain, ByteBuffer sealed, long lsn) {
            int from = sealed.position();
            mask(plain, plain.remaining(), sealed);
            int text = Checksum.of(sealed, from, sealed.position() - from);
            sealed.putInt(Checksum.of(header, header.position(), header.remaining()))
                    .putInt(text);
        }

        @Override
        public boolean open(ByteBuffer header, ByteBuffer sealed, ByteBuffer plain, long lsn) {
            int bytes = sealed.remaining() - tagBytes();
            int text = Checksum.of(sealed, sealed.position(), bytes);
            mask(sealed, bytes, plain);
            return sealed.getInt() == Checksum.of(header, header.position(), header.remaining())
                    && sealed.getInt() == text;
        }

        private static void mask(ByteBuffer from, int bytes, ByteBuffer to) {
            for (int i = 0; i < bytes; i++) {
                to.put((byte) (from.get() ^ MASK));
            }
        }
    }
}
