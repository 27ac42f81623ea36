package org.millrace.hdfs;

import java.io.IOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.util.ReflectionUtils;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ChannelException;
import org.millrace.api.SinkContext;
import org.millrace.api.StartException;
import org.millrace.serializer.BodySchemas;
import org.millrace.serializer.EventSchemas;
import org.millrace.serializer.SerializerChoice;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a started sink holds: its own file system, the threads that call it, its files.
 *
 * @param clock that files go by
 * @param local where the manifest is kept; null: with the channel's position
 * @param schemas where bodies are Avro data; null where they are not
 */
record OpenStore(
        SinkContext context,
        HadoopUser user,
        FileSystems systems,
        HadoopCalls calls,
        InstantSource clock,
        EventTime time,
        PlaceCheck places,
        @Nullable EventSchemas schemas,
        Manifest manifest,
        @Nullable LocalRecord local,
        UnfinishedFiles unfinished,
        Buckets buckets)
        implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(OpenStore.class);

    static OpenStore open(SinkContext context, HdfsSettings settings, Callers callers) throws StartException {
        Configuration configuration = HadoopConfiguration.load(settings.access().configuration());
        HadoopUser user = login(context, settings, configuration);
        try {
            return open(context, settings, callers, configuration, user);
        } catch (StartException | RuntimeException | Error e) {
            user.close();
            throw e;
        }
    }

    private static HadoopUser login(SinkContext context, HdfsSettings settings, Configuration configuration)
            throws StartException {
        try {
            return HadoopUser.login(context.name(), settings.access().login(), configuration);
        } catch (IOException | IllegalArgumentException e) {
            throw new StartException("sink " + context.name() + ": " + e.getMessage(), e);
        }
    }

    private static OpenStore open(
            SinkContext context, HdfsSettings settings, Callers callers, Configuration configuration, HadoopUser user)
            throws StartException {
        FileSystems systems = fileSystems(context, settings, configuration, user);
        LocalRecord local = null;
        try {
            local = localRecord(context, settings.record());
            return open(context, settings, callers, configuration, user, systems, local);
        } catch (StartException | RuntimeException | Error e) {
            close(local);
            try {
                systems.close();
            } catch (IOException | RuntimeException notClosed) {
                e.addSuppressed(notClosed);
            }
            throw e;
        }
    }

    private static OpenStore open(
            SinkContext context,
            HdfsSettings settings,
            Callers callers,
            Configuration configuration,
            HadoopUser user,
            FileSystems systems,
            @Nullable LocalRecord local)
            throws StartException {
        InstantSource clock = new SteadyClock(context.clock());
        HdfsMetrics metrics = new HdfsMetrics(context.metrics(), clock);
        EventTime time = new EventTime(
                context.name(),
                settings.withoutTime(),
                settings.localTime(),
                settings.directory().usesTime() || settings.prefix().usesTime(),
                context.clock(),
                metrics.withoutTimestamp);
        EventFormat format = format(settings, configuration, time);
        HdfsSettings.Names names = settings.names();
        FileNaming naming = new FileNaming(
                names.inUsePrefix(), names.inUseSuffix(), names.suffix().isEmpty() ? format.suffix() : names.suffix());
        FileStore store = new FileStore(
                context.name(), systems, format, naming, settings.access().sync(), clock, metrics);
        HadoopCalls calls = new HadoopCalls(
                settings.threads(), settings.callTimeout(), threads(context, callers, user), System::nanoTime);
        Manifest manifest = new Manifest(context.channel(), "hdfs " + context.agent() + "/" + context.name(), local);
        UnfinishedFiles unfinished =
                new UnfinishedFiles(store, settings.retry(), calls, settings.threads(), manifest, callers.patience());
        restore(context, store, manifest, local, unfinished);
        context.metrics().gauge("unfinishedFiles", unfinished::size);
        context.metrics().gauge("filesBeingRecovered", unfinished::found);
        context.metrics().gauge("hangingCalls", calls::hanging);
        HeldEvents held = new HeldEvents(context.name(), context.channel(), clock, settings.held());
        context.metrics().gauge("heldEvents", held::events);
        context.metrics().gauge("heldBuckets", held::buckets);
        OpenFiles files = new OpenFiles(store, settings.roll(), settings.maxOpenFiles(), manifest, unfinished);
        Buckets buckets = new Buckets(files, settings.roll(), calls, manifest, held, callers.patience());
        EventSchemas schemas = schemas(settings, configuration, user, clock);
        boolean isLocal = Location.isLocal(systems.main().getUri().getScheme());
        PlaceCheck places = new PlaceCheck(naming, isLocal, settings.location());
        return new OpenStore(
                context, user, systems, calls, clock, time, places, schemas, manifest, local, unfinished, buckets);
    }

    private static ThreadFactory threads(SinkContext context, Callers callers, HadoopUser user) {
        return work -> {
            Thread thread = callers.threads().newThread(user.as(work));
            thread.setName("hdfs-" + context.name());
            thread.setDaemon(true); // one that hangs for ever must not keep the agent from ending
            return thread;
        };
    }

    private static @Nullable LocalRecord localRecord(SinkContext context, LocalRecord.Place place)
            throws StartException {
        if (context.channel().outlivesAgent()) {
            if (place.isConfigured()) {
                log.warn(
                        "Sink {}: hdfs.manifestDirectory has no effect: channel {} keeps which files are open",
                        context.name(),
                        context.channel().name());
            }
            return null;
        }
        try {
            return LocalRecord.open(place.directory(), context.agent(), context.name());
        } catch (IOException e) {
            String why = "hdfs.manifestDirectory, " + place.directory() + ", cannot be used: " + e;
            if (place.isConfigured()) {
                throw new StartException("sink " + context.name() + ": " + why, e);
            }
            log.warn(
                    "Sink {}: {}. A kill of this agent leaves its open files under their in-use names",
                    context.name(),
                    why);
            return null;
        }
    }

    /** The files of an agent before us are ours now. The turns of the sink look after them. */
    private static void restore(
            SinkContext context,
            FileStore store,
            Manifest manifest,
            @Nullable LocalRecord local,
            UnfinishedFiles unfinished)
            throws StartException {
        List<FileEntry> found;
        try {
            found = manifest.restore();
        } catch (IllegalArgumentException | ChannelException e) {
            String keeper = local == null ? "channel " + context.channel().name() : local.toString();
            throw new StartException(
                    "sink " + context.name() + ": what " + keeper + " keeps of its unfinished files cannot be read: "
                            + e.getMessage(),
                    e);
        }
        for (FileEntry entry : found) {
            store.remember(entry);
            unfinished.add(UnfinishedFile.restored(store, entry), () -> true);
        }
        if (!found.isEmpty()) {
            log.info(
                    "Sink {}: {} files of its last run are not finished: recovering them",
                    context.name(),
                    found.size());
        }
    }

    private static FileSystems fileSystems(
            SinkContext context, HdfsSettings settings, Configuration configuration, HadoopUser user)
            throws StartException {
        try {
            return new FileSystems(
                    user.call(() -> FileSystem.newInstance(root(settings.location()), configuration)), configuration);
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

    private static EventFormat format(HdfsSettings settings, Configuration configuration, EventTime time) {
        HdfsSettings.Content content = settings.content();
        SyncMode sync = settings.access().sync();
        ChunkedOutput.Chunks chunks = new ChunkedOutput.Chunks();
        Class<? extends CompressionCodec> codec = content.codec();
        return switch (content.type()) {
            case DATA_STREAM -> new StreamFormat(content.serializer(), sync, chunks);
            case SEQUENCE_FILE -> {
                CompressionCodec blocks = codec == null ? null : ReflectionUtils.newInstance(codec, configuration);
                yield new SequenceFormat(content.values(), blocks, configuration, time, sync, chunks);
            }
            case COMPRESSED_STREAM -> {
                if (codec == null) {
                    throw new IllegalStateException("a CompressedStream without codec was not refused");
                }
                StreamCodec stream = Codecs.ofStream(codec, configuration);
                yield new CompressedStreamFormat(content.serializer(), stream, sync, chunks);
            }
        };
    }

    private static @Nullable EventSchemas schemas(
            HdfsSettings settings, Configuration configuration, HadoopUser user, InstantSource clock) {
        BodySchemas keys = SerializerChoice.bodySchemas(settings.content().serializer());
        return keys == null ? null : new EventSchemas(keys, new SchemaLocations(keys, configuration, user), clock);
    }

    /**
     * Finishes all files, then gives everything back, whatever is thrown meanwhile: nobody else would. Each call takes the call time-out at
     * most.
     */
    @Override
    public void close() {
        try (user;
                Closing record = () -> close(local);
                schemas;
                calls;
                Closing fileSystems = () -> calls.runAll(List.of(new CloseFileSystem()));
                Closing held = buckets.held()::giveBack) {
            finishFiles();
        }
    }

    /** Something that is given back. */
    private interface Closing extends AutoCloseable {
        @Override
        void close();
    }

    /** One of the last things to do. */
    private interface Step {
        void run() throws InterruptedException;
    }

    /** What breaks in a step keeps no other from its turn: they go by what is committed. */
    private void finishFiles() {
        Throwable broken = null;
        try {
            broken = attempt(this::finishAll, broken);
            if (broken != null) { // all calls are told by now, so that the rest can be finished
                broken = attempt(this::finishAll, broken);
            }
            broken = attempt(unfinished::lastTry, broken);
            broken = attempt(this::commitLast, broken);
        } catch (InterruptedException e) {
            log.warn("Sink {}: interrupted: files that are not finished are left to the next start", context.name());
            Thread.currentThread().interrupt();
        }
        if (broken instanceof Error e) {
            throw e;
        }
        if (broken instanceof RuntimeException e) {
            throw e;
        }
    }

    /** @return what broke first: before, or now; null if nothing did */
    private static @Nullable Throwable attempt(Step step, @Nullable Throwable before) throws InterruptedException {
        try {
            step.run();
            return before;
        } catch (RuntimeException | Error e) {
            return before == null ? e : before;
        }
    }

    private void finishAll() throws InterruptedException {
        buckets.finishAll(context.channel());
    }

    /** What is finished need not be looked for. */
    private void commitLast() throws InterruptedException {
        try {
            manifest.change().commit();
        } catch (ChannelException | ManifestException e) {
            log.warn("Sink {}: the next start will look for files that are finished", context.name(), e);
        }
    }

    private static void close(@Nullable LocalRecord local) {
        if (local != null) {
            try {
                local.close();
            } catch (IOException e) {
                log.warn("close {}", local, e);
            }
        }
    }

    private final class CloseFileSystem implements HadoopCalls.Work {
        @Override
        public void run() throws IOException {
            systems.close();
        }

        @Override
        public void failed(IOException cause, boolean begun) {
            if (begun || calls.hanging() > 0) {
                tell(cause);
                return;
            }
            try { // for want of a thread
                user.call(() -> {
                    systems.close();
                    return true;
                });
            } catch (IOException e) {
                tell(e);
            }
        }

        private void tell(IOException cause) {
            log.warn("Sink {}: close {}", context.name(), systems.main().getUri(), cause);
        }
    }
}
