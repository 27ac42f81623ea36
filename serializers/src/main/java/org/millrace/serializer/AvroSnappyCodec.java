package org.millrace.serializer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import org.apache.avro.file.Codec;
import org.apache.avro.file.DataFileConstants;
import org.xerial.snappy.Snappy;

/** Avro's {@code snappy} for blocks, which Avro keeps to itself: the compressed data and four bytes of CRC-32 of the plain. */
final class AvroSnappyCodec extends Codec {
    @Override
    public String getName() {
        return DataFileConstants.SNAPPY_CODEC;
    }

    @Override
    public ByteBuffer compress(ByteBuffer plain) throws IOException {
        int offset = plain.arrayOffset() + plain.position();
        byte[] compressed = new byte[Snappy.maxCompressedLength(plain.remaining()) + Integer.BYTES];
        int length = Snappy.compress(plain.array(), offset, plain.remaining(), compressed, 0);
        CRC32 crc = new CRC32();
        crc.update(plain.array(), offset, plain.remaining());
        ByteBuffer block = ByteBuffer.wrap(compressed, 0, length + Integer.BYTES);
        block.putInt(length, (int) crc.getValue());
        return block;
    }

    @Override
    public ByteBuffer decompress(ByteBuffer compressed) {
        throw new UnsupportedOperationException("the sink only writes");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AvroSnappyCodec;
    }

    @Override
    public int hashCode() {
        return AvroSnappyCodec.class.hashCode();
    }
}
