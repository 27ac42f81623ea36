package org.millrace.hdfs;

import com.github.luben.zstd.RecyclingBufferPool;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Zstandard without Hadoop's native library, by zstd-jni: plain frames, as Hadoop's {@code ZStandardCodec} writes and reads them
 * where it has that library, and as the {@code zstd} command does. Native memory is held from a member's start to its end only.
 *
 * @param level 1 to 22, {@code io.compression.codec.zstd.level}
 */
record ZstdStreamCodec(int level) implements StreamCodec {
    private static final Logger log = LoggerFactory.getLogger(ZstdStreamCodec.class);

    @Override
    public String extension() {
        return ".zst";
    }

    @Override
    public Members begin(OutputStream file) {
        return new Frames(file, level);
    }

    private static final class Frames extends Members {
        private final DiscardableOutput file;
        private final int level;
        private @Nullable ZstdOutputStreamNoFinalizer frame;
        private boolean empty = true;

        Frames(OutputStream file, int level) {
            this.file = new DiscardableOutput(file);
            this.level = level;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            open().write(bytes, offset, length);
        }

        private ZstdOutputStreamNoFinalizer open() throws IOException {
            if (frame == null) {
                frame = new ZstdOutputStreamNoFinalizer(file, RecyclingBufferPool.INSTANCE, level);
                empty = false;
            }
            return frame;
        }

        @Override
        void endMember() throws IOException {
            if (frame != null) {
                frame.close();
                frame = null;
            }
        }

        @Override
        void finish() throws IOException {
            if (empty) {
                open();
            }
            endMember();
        }

        @Override
        void discard() {
            file.discard();
            try (OutputStream open = frame) { // gives its native memory back
                frame = null;
            } catch (IOException e) {
                log.debug("ending a frame that goes nowhere", e);
            }
        }
    }
}
