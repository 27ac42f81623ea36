package org.millrace.hdfs;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.io.compress.CodecPool;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionOutputStream;
import org.apache.hadoop.io.compress.Compressor;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.EventReader;

/**
 * {@code CompressedStream}: the events' text through a codec. Each flush ends the compressed member, so that what is committed can
 * be read: a file is a row of gzip members (blocks, streams) of one batch each, and small batches compress badly.
 */
record CompressedTextFormat(
        EventText text, CompressionCodec codec, Configuration configuration, ChunkedOutput.Chunks chunks)
        implements EventFormat {
    @Override
    public EventWriter begin(FSDataOutputStream out) throws IOException {
        Compressor compressor = CodecPool.getCompressor(codec, configuration);
        return new Writer(text, out, codec.createOutputStream(out, compressor), compressor, chunks);
    }

    @Override
    public String suffix() {
        return codec.getDefaultExtension();
    }

    private static final class Writer implements EventWriter {
        private final EventText text;
        private final FSDataOutputStream file;
        private final CompressionOutputStream compressed;
        private final ChunkedOutput out;
        private @Nullable Compressor compressor;
        /** True between a flush and the next event: the member has its end, the next one no start. */
        private boolean ended;

        Writer(
                EventText text,
                FSDataOutputStream file,
                CompressionOutputStream compressed,
                @Nullable Compressor compressor,
                ChunkedOutput.Chunks chunks) {
            this.text = text;
            this.file = file;
            this.compressed = compressed;
            this.compressor = compressor;
            this.out = new ChunkedOutput(compressed, this::endMember, chunks);
        }

        @Override
        public void append(EventReader event) throws IOException {
            if (ended) {
                compressed.resetState();
                ended = false;
            }
            text.write(event, out);
        }

        @Override
        public void flush() throws IOException {
            out.hflush();
            HadoopCalls.progress();
            file.hflush();
        }

        private void endMember() throws IOException {
            if (!ended) {
                compressed.finish();
                compressed.flush();
                ended = true;
            }
        }

        @Override
        public void finish() throws IOException {
            out.close();
            endMember();
            giveCompressorBack();
        }

        /** A compressor in an unknown state is not for others: it is ended, not given back. */
        @Override
        public void discard() {
            out.discard();
            if (compressor != null) {
                compressor.end();
                compressor = null;
            }
        }

        private void giveCompressorBack() {
            if (compressor != null) {
                CodecPool.returnCompressor(compressor);
                compressor = null;
            }
        }
    }
}
