package org.millrace.hdfs;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.util.ReflectionUtils;
import org.jspecify.annotations.Nullable;
import org.millrace.api.SinkContext;
import org.millrace.api.StartException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a started sink holds: its own file system, the threads that call it, its files. */
record OpenStore(
        SinkContext context,
        FileSystem files,
        HadoopCalls calls,
        EventTime time,
        UnfinishedFiles unfinished,
        Buckets buckets)
        implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(OpenStore.class);

    static OpenStore open(SinkContext context, HdfsSettings settings) throws StartException {
        Configuration configuration = HadoopConfiguration.load();
        FileSystem files = fileSystem(context, settings, configuration);
        HdfsMetrics metrics = new HdfsMetrics(context.metrics(), context.clock());
        EventTime time = new EventTime(context.name(), settings.localTime(), context.clock(), metrics.withoutTimestamp);
        EventFormat format = format(settings.content(), configuration, time);
        HdfsSettings.Names names = settings.names();
        FileNaming naming = new FileNaming(
                names.inUsePrefix(), names.inUseSuffix(), names.suffix().isEmpty() ? format.suffix() : names.suffix());
        FileStore store = new FileStore(context.name(), files, format, naming, context.clock(), metrics);
        HadoopCalls calls = new HadoopCalls("hdfs-" + context.name(), settings.threads(), settings.callTimeout());
        UnfinishedFiles unfinished = new UnfinishedFiles(
                context.name(), settings.retry(), calls, settings.threads(), context.clock(), metrics.leftInUse);
        context.metrics().gauge("unfinishedFiles", unfinished::size);
        context.metrics().gauge("hangingCalls", calls::hanging);
        Buckets buckets = new Buckets(store, settings.roll(), settings.maxOpenFiles(), calls, unfinished);
        return new OpenStore(context, files, calls, time, unfinished, buckets);
    }

    private static FileSystem fileSystem(SinkContext context, HdfsSettings settings, Configuration configuration)
            throws StartException {
        try {
            FileSystem files = FileSystem.newInstance(root(settings.location()), configuration);
            if (files instanceof LocalFileSystem local) {
                local.setWriteChecksum(
                        false); // its checksum layer keeps the last bytes to itself until a file is closed
                return settings.rawLocal() ? local.getRaw() : local;
            }
            if (!settings.rawLocal()) {
                return files;
            }
            log.warn("Sink {}: hdfs.useRawLocalFileSystem has no effect on {}", context.name(), files.getUri());
            return files;
        } catch (IOException | IllegalArgumentException e) {
            throw new StartException(
                    "sink " + context.name() + ": no file system for hdfs.path = " + settings.location() + ": "
                            + e.getMessage(),
                    e);
        }
    }

    /** The path as far as it is the same for all events: enough to tell the file system. */
    private static URI root(String location) {
        int escape = location.indexOf('%');
        String literal = escape < 0 ? location : location.substring(0, escape);
        return new Path(literal.isEmpty() ? "/" : literal).toUri();
    }

    private static EventFormat format(HdfsSettings.Content content, Configuration configuration, EventTime time) {
        ChunkedOutput.Chunks chunks = new ChunkedOutput.Chunks();
        CompressionCodec codec = codec(content.codec(), configuration);
        return switch (content.type()) {
            case DATA_STREAM -> new TextFormat(content.text(), chunks);
            case SEQUENCE_FILE -> new SequenceFormat(content.values(), codec, configuration, time, chunks);
            case COMPRESSED_STREAM -> {
                if (codec == null) {
                    throw new IllegalStateException("a CompressedStream without codec was not refused");
                }
                yield new CompressedTextFormat(content.text(), codec, configuration, chunks);
            }
        };
    }

    private static @Nullable CompressionCodec codec(
            @Nullable Class<? extends CompressionCodec> type, Configuration configuration) {
        return type == null ? null : ReflectionUtils.newInstance(type, configuration);
    }

    /** Finishes all files, then gives everything back. Each call takes the call time-out at most. */
    @Override
    public void close() {
        buckets.finishAll();
        unfinished.lastTry();
        calls.runAll(List.of(new CloseFileSystem()));
        calls.close();
    }

    private final class CloseFileSystem implements HadoopCalls.Work {
        @Override
        public void run() throws IOException {
            files.close();
        }

        @Override
        public void failed(IOException cause, boolean begun) {
            log.warn("Sink {}: close {}", context.name(), files.getUri(), cause);
        }
    }
}
