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

/** One of Hadoop's codecs. */
record HadoopStreamCodec(CompressionCodec codec, Configuration configuration) implements StreamCodec {
    private static final Logger log = LoggerFactory.getLogger(HadoopStreamCodec.class);

    @Override
    public String extension() {
        return codec.getDefaultExtension();
    }

    @Override
    public Members begin(OutputStream file) throws IOException {
        Compressor compressor = CodecPool.getCompressor(codec, configuration);
        return new HadoopMembers(codec.createOutputStream(file, compressor), compressor);
    }

    private static final class HadoopMembers extends Members {
        private final CompressionOutputStream compressed;
        private @Nullable Compressor compressor;
        /** True between the end of a member and the next event: the member has its end, the next one no start. */
        private boolean ended;

        HadoopMembers(CompressionOutputStream compressed, @Nullable Compressor compressor) {
            this.compressed = compressed;
            this.compressor = compressor;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (ended) {
                compressed.resetState();
                ended = false;
            }
            compressed.write(bytes, offset, length);
        }

        @Override
        void endMember() throws IOException {
            if (!ended) {
                compressed.finish();
                compressed.flush();
                ended = true;
            }
        }

        @Override
        void finish() throws IOException {
            endMember();
            if (compressor != null) {
                CodecPool.returnCompressor(compressor);
                compressor = null;
            }
        }

        /** A compressor in an unknown state is not for others: it is ended, not given back. */
        @Override
        void discard() {
            if (compressor != null) {
                end(compressor);
                compressor = null;
            }
        }

        private static void end(Compressor compressor) {
            try {
                compressor.end();
            } catch (UnsupportedOperationException e) {
                log.debug("{} has nothing to end", compressor.getClass().getName(), e); // bzip2's: it stands for none
            }
        }
    }
}
