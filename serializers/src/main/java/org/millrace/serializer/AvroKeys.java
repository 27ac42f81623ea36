package org.millrace.serializer;

import org.millrace.api.Settings;

/** The keys of serializers that write Avro containers. */
record AvroKeys(AvroBlockCodec codec, int blockBytes) {
    /** Flume's default; Avro's own is 64,000. */
    private static final int BLOCK_BYTES = 2_048_000;

    /** With a codec that takes as long for so many bytes as others for the above, some 100 ms. */
    private static final int SLOW_BLOCK_BYTES = 256_000;

    private static final int LEAST_BLOCK_BYTES = 32;
    private static final int MOST_BLOCK_BYTES = 1 << 30;

    static AvroKeys read(Settings settings) {
        AvroBlockCodec codec = settings.value(
                        "compressionCodec", "a codec of Avro's", AvroBlockCodec::find, AvroBlockCodec.NULL)
                .byDefault("null")
                .about("for Avro containers: their codec")
                .orElse(AvroBlockCodec.NULL);
        int blockBytes = settings.integer("syncIntervalBytes", LEAST_BLOCK_BYTES, MOST_BLOCK_BYTES)
                .byDefault(BLOCK_BYTES + "; with bzip2 and xz " + SLOW_BLOCK_BYTES)
                .about("for Avro containers: bytes of a block")
                .orElse(codec.isSlow() ? SLOW_BLOCK_BYTES : BLOCK_BYTES);
        return new AvroKeys(codec, blockBytes);
    }
}
