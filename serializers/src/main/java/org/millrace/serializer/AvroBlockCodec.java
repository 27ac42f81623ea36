package org.millrace.serializer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.avro.file.BZip2Codec;
import org.apache.avro.file.Codec;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileConstants;
import org.apache.avro.file.DeflateCodec;
import org.apache.avro.file.XZCodec;
import org.apache.avro.file.ZstandardCodec;
import org.jspecify.annotations.Nullable;

/** How the blocks of an Avro container are compressed, {@code serializer.compressionCodec}. */
enum AvroBlockCodec {
    NULL(DataFileConstants.NULL_CODEC),
    DEFLATE(DataFileConstants.DEFLATE_CODEC),
    SNAPPY(DataFileConstants.SNAPPY_CODEC),
    BZIP2(DataFileConstants.BZIP2_CODEC),
    XZ(DataFileConstants.XZ_CODEC),
    ZSTANDARD(DataFileConstants.ZSTANDARD_CODEC);

    private final String nameInFile;

    AvroBlockCodec(String nameInFile) {
        this.nameInFile = nameInFile;
    }

    /**
     * Finds a codec and tries it, as some need a library that may not be there.
     *
     * @throws IllegalArgumentException if there is none, or it does not work here; the message names those that do
     */
    static AvroBlockCodec find(String name) {
        AvroBlockCodec codec = Arrays.stream(values())
                .filter(candidate -> candidate.nameInFile.equals(name.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Avro has none of this name; here work " + working()));
        String trouble = codec.trouble();
        if (!trouble.isEmpty()) {
            throw new IllegalArgumentException(codec.nameInFile + " needs a library that is not on the class path ("
                    + trouble + "); here work " + working());
        }
        return codec;
    }

    /** As the file's header has it. */
    String nameInFile() {
        return nameInFile;
    }

    /** True if it takes 100 ms, and more, for a quarter of a megabyte. */
    boolean isSlow() {
        return this == BZIP2 || this == XZ;
    }

    /** A codec of its own for each caller; null for no compression. */
    @Nullable
    Codec open() {
        return switch (this) {
            case NULL -> null;
            case DEFLATE -> new DeflateCodec(CodecFactory.DEFAULT_DEFLATE_LEVEL);
            case SNAPPY -> new AvroSnappyCodec();
            case BZIP2 -> new BZip2Codec();
            case XZ -> new XZCodec(CodecFactory.DEFAULT_XZ_LEVEL);
            case ZSTANDARD -> new ZstandardCodec(CodecFactory.DEFAULT_ZSTANDARD_LEVEL, false, false);
        };
    }

    private static String working() {
        return Arrays.stream(values())
                .filter(codec -> codec.trouble().isEmpty())
                .map(AvroBlockCodec::nameInFile)
                .collect(Collectors.joining(", "));
    }

    private String trouble() {
        try {
            Codec codec = open();
            if (codec != null) {
                codec.compress(ByteBuffer.wrap(new byte[] {1, 2, 3}));
            }
            return "";
        } catch (IOException | RuntimeException | LinkageError e) {
            return e.toString();
        }
    }
}
