package org.millrace.hdfs;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
import org.apache.hadoop.util.ReflectionUtils;

/** Hadoop's compression codecs by the names that Flume takes: class name, simple name, or that without {@code Codec}. */
final class Codecs {
    private final Configuration configuration;
    private final List<Class<? extends CompressionCodec>> known;

    Codecs(Configuration configuration) {
        this.configuration = configuration;
        this.known = CompressionCodecFactory.getCodecClasses(configuration);
    }

    /**
     * Finds a codec and tries it, as some need native libraries.
     *
     * @throws IllegalArgumentException if there is none, or it does not work here; the message names those that do
     */
    Class<? extends CompressionCodec> find(String name) {
        Class<? extends CompressionCodec> codec = known.stream()
                .filter(candidate -> isCalled(candidate, name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is none of this name; here work " + working()));
        String trouble = trouble(codec);
        if (!trouble.isEmpty()) {
            throw new IllegalArgumentException(
                    codec.getSimpleName() + " does not work here (" + trouble + "); here work " + working());
        }
        return codec;
    }

    private static boolean isCalled(Class<?> codec, String name) {
        return codec.getName().equals(name)
                || codec.getSimpleName().equalsIgnoreCase(name)
                || shortName(codec).equals(name.toLowerCase(Locale.ROOT));
    }

    private static String shortName(Class<?> codec) {
        return codec.getSimpleName().replaceFirst("Codec$", "").toLowerCase(Locale.ROOT);
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
    private String trouble(Class<? extends CompressionCodec> type) {
        CompressionCodec codec = ReflectionUtils.newInstance(type, configuration);
        try (OutputStream out = codec.createOutputStream(new ByteArrayOutputStream())) {
            out.write(new byte[] {1, 2, 3});
            return "";
        } catch (IOException | RuntimeException | LinkageError e) {
            return e.getMessage() == null ? e.toString() : e.getMessage();
        }
    }
}
