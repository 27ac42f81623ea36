package org.millrace.hdfs;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
import org.apache.hadoop.io.compress.ZStandardCodec;
import org.apache.hadoop.util.ReflectionUtils;
import org.millrace.hdfs.HdfsSettings.FileType;

/**
 * Hadoop's compression codecs by the names that Flume takes: class name, simple name, or that without {@code Codec}; and {@code
 * zstd}. Those that {@code io.compression.codecs} names count, and by its class name any on the class path.
 */
final class Codecs {
    private static final String ZSTD_LEVEL_KEY = "io.compression.codec.zstd.level";
    private static final int ZSTD_LEVEL = 3;

    private static final String LZO =
            "it needs hadoop-lzo, which nobody may ship with Apache software: its jar on the class path, its "
                    + "native library on java.library.path, its classes in io.compression.codecs";

    /** What those stand on that do not always work. */
    private static final Map<String, String> NEEDS = Map.of(
            "zstandard",
            "in a SequenceFile it needs Hadoop's native library, built with zstd, on java.library.path; "
                    + "for hdfs.fileType = CompressedStream it works without",
            "snappy",
            "it needs snappy-java on the class path, and a temporary directory it may load its library from",
            "lz4",
            "it needs lz4-java (at.yawk.lz4) on the class path",
            "lzo",
            LZO,
            "lzop",
            LZO);

    private final Configuration configuration;
    private final FileType use;
    private final List<Class<? extends CompressionCodec>> known;

    /** @param use what for: some work in one type of file only */
    Codecs(Configuration configuration, FileType use) {
        this.configuration = configuration;
        this.use = use;
        this.known = CompressionCodecFactory.getCodecClasses(configuration);
    }

    /**
     * Finds a codec and tries it, as some need native libraries.
     *
     * @throws IllegalArgumentException if there is none, or it does not work here; the message tells what it needs, and those that work
     */
    Class<? extends CompressionCodec> find(String name) {
        Class<? extends CompressionCodec> codec = known.stream()
                .filter(candidate -> isCalled(candidate, name))
                .findFirst()
                .or(() -> onClassPath(name))
                .orElseThrow(() -> new IllegalArgumentException(
                        "there is none of this name" + need(alias(name)) + "; here work " + working()));
        String trouble = trouble(codec);
        if (!trouble.isEmpty()) {
            throw new IllegalArgumentException(codec.getSimpleName() + " does not work here (" + trouble + ")"
                    + need(shortName(codec)) + "; here work " + working());
        }
        return codec;
    }

    /** The codec of a {@code CompressedStream}. */
    static StreamCodec ofStream(Class<? extends CompressionCodec> codec, Configuration configuration) {
        if (codec == ZStandardCodec.class) {
            return new ZstdStreamCodec(configuration.getInt(ZSTD_LEVEL_KEY, ZSTD_LEVEL));
        }
        return new HadoopStreamCodec(ReflectionUtils.newInstance(codec, configuration), configuration);
    }

    private static boolean isCalled(Class<?> codec, String name) {
        return codec.getName().equals(name)
                || (!name.contains(".") && shortName(codec).equals(alias(name)));
    }

    private Optional<Class<? extends CompressionCodec>> onClassPath(String name) {
        Class<?> found = name.contains(".") ? configuration.getClassByNameOrNull(name) : null;
        return found != null && CompressionCodec.class.isAssignableFrom(found)
                ? Optional.of(found.asSubclass(CompressionCodec.class))
                : Optional.empty();
    }

    private static String alias(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        String simple = lower.substring(lower.lastIndexOf('.') + 1).replaceFirst("codec$", "");
        return simple.equals("zstd") ? "zstandard" : simple;
    }

    private static String shortName(Class<?> codec) {
        return codec.getSimpleName().replaceFirst("Codec$", "").toLowerCase(Locale.ROOT);
    }

    private static String need(String shortName) {
        String need = NEEDS.get(shortName);
        return need == null ? "" : ": " + need;
    }

    private String working() {
        return String.join(
                ", ",
                known.stream()
                        .filter(codec -> trouble(codec).isEmpty())
                        .map(Codecs::shortName)
                        .distinct()
                        .toList());
    }

    /** What goes wrong when some bytes are compressed; empty if nothing does. */
    private String trouble(Class<? extends CompressionCodec> codec) {
        try {
            StreamCodec stream = use == FileType.COMPRESSED_STREAM
                    ? ofStream(codec, configuration)
                    : new HadoopStreamCodec(ReflectionUtils.newInstance(codec, configuration), configuration);
            StreamCodec.Members members = stream.begin(new ByteArrayOutputStream());
            members.write(new byte[] {1, 2, 3}, 0, 3);
            members.finish();
            return "";
        } catch (IOException | RuntimeException | LinkageError e) {
            return e.getMessage() == null ? e.toString() : e.getMessage();
        }
    }
}
