package org.millrace.hdfs;

import java.io.IOException;
import java.io.OutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.compress.CodecPool;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionOutputStream;
import org.apache.hadoop.io.compress.Compressor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One of Hadoop's codecs. A compressor, which may have half a megabyte of direct memory, is held from a member's start to its end only,
 * so there are as many as files are written at a time, however many are open.
 */
record HadoopStreamCodec(CompressionCodec codec, Configuration configuration) implements StreamCodec {
    private static final Logger log = LoggerFactory.getLogger(HadoopStreamCodec.class);

    @Override
    public String extension() {
        return codec.getDefaultExtension();
    }

    @Override
    public Members begin(OutputStream file) {
        return new HadoopMembers(this, file);
    }

    /** @param compressor null for a codec that does without */
    private record Member(@Nullable Compressor compressor, CompressionOutputStream compressed) {}

    private Member beginMember(OutputStream file) throws IOException {
        Compressor compressor = CodecPool.getCompressor(codec, configuration);
        try {
            return new Member(compressor, codec.createOutputStream(file, compressor));
        } catch (IOException | RuntimeException | Error e) {
            end(compressor);
            throw e;
        }
    }

    /** A compressor in an unknown state is not for others: it is ended, not given back. */
    private static void end(@Nullable Compressor compressor) {
        try {
            if (compressor != null) {
                compressor.end();
            }
        } catch (UnsupportedOperationException e) {
            log.debug("{} has nothing to end", compressor.getClass().getName(), e); // bzip2's: it stands for none
        }
    }

    private static final class HadoopMembers extends Members {
        private final HadoopStreamCodec codec;
        private final OutputStream file;
        private @Nullable Member member;
        private boolean empty = true;

        HadoopMembers(HadoopStreamCodec codec, OutputStream file) {
            this.codec = codec;
            this.file = file;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            open().compressed.write(bytes, offset, length);
        }

        private Member open() throws IOException {
            if (member == null) {
                member = codec.beginMember(file);
                empty = false;
            }
            return member;
        }

        @Override
        void endMember() throws IOException {
            if (member != null) {
                member.compressed.finish();
                member.compressed.flush();
                CodecPool.returnCompressor(member.compressor);
                member = null;
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
            if (member != null) {
                end(member.compressor);
                member = null;
            }
        }
    }
}
