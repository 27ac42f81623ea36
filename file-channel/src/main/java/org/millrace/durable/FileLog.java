package org.millrace.durable;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.millrace.api.ChannelContext;
import org.millrace.api.StartException;
import org.millrace.api.support.LockedException;
import org.millrace.durable.log.DurableLog;
import org.millrace.durable.log.Log;
import org.millrace.durable.log.LogSettings;
import org.millrace.durable.log.SegmentCiphers;
import org.millrace.durable.storage.DiskStorage;
import org.millrace.durable.storage.Storage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens a channel's log in its directories. */
record FileLog(ChannelContext context, FileChannelSettings settings) implements LogOpener {
    private static final Logger LOG = LoggerFactory.getLogger(FileLog.class);
    private static final int LEAST_GROUP_BYTES = 256 << 10;
    private static final Duration POSITIONS_INTERVAL = Duration.ofMillis(20);

    @Override
    public Log open() throws StartException {
        SegmentCiphers ciphers =
                settings.encryption() == null ? null : settings.encryption().open();
        List<Storage> directories = new ArrayList<>();
        for (Path directory : settings.directories()) {
            directories.add(storage(directory));
        }
        ChannelLimits limits = settings.limits();
        LogSettings logSettings = new LogSettings(
                context.name(),
                settings.durability(),
                settings.forceInterval(),
                limits.segmentBytes(),
                Math.min(LEAST_GROUP_BYTES, settings.groupBytes()),
                settings.groupBytes(),
                limits.reserveBytes(),
                settings.retention(),
                POSITIONS_INTERVAL,
                ciphers);
        List<String> readers = settings.readers().isEmpty() ? List.of(DurableChannel.ONLY_READER) : settings.readers();
        try {
            return DurableLog.open(logSettings, directories, readers, context.metrics(), context.clock());
        } catch (LockedException e) {
            throw new StartException(
                    "channel " + context.name() + ": " + e.getMessage() + " (expected: " + key()
                            + " of its own for each channel, and one agent at a time)",
                    e);
        } catch (IOException e) {
            throw new StartException(
                    "channel " + context.name() + ": cannot open its log in " + settings.directories() + ", " + key(),
                    e);
        }
    }

    @Override
    public String description() {
        String directories = settings.directories().stream().map(Path::toString).collect(Collectors.joining(", "));
        return "log in " + directories + ", durability "
                + settings.durability().name().toLowerCase(Locale.ROOT)
                + (settings.encryption() == null ? "" : ", encrypted");
    }

    private Storage storage(Path directory) throws StartException {
        try {
            Storage storage = DiskStorage.in(directory, settings.directWrites());
            warnOfFlumeFiles(storage);
            return storage;
        } catch (IOException e) {
            throw new StartException(
                    "channel " + context.name() + ": cannot use " + directory + " (expected: a directory that this"
                            + " process may make, read and write; " + key() + ")",
                    e);
        }
    }

    private void warnOfFlumeFiles(Storage storage) throws IOException {
        List<String> logs = FlumeFiles.logsIn(storage.list());
        if (!logs.isEmpty()) {
            LOG.warn(
                    "channel {}: {} holds {} event logs of Flume's file channel ({}). They stay as they are and are not"
                            + " read: what Flume had not delivered is still in them. To deliver it, start Flume once more"
                            + " on them with its sources removed; then delete them",
                    context.name(),
                    storage.path(),
                    logs.size(),
                    String.join(", ", logs.subList(0, Math.min(3, logs.size()))) + (logs.size() > 3 ? ", ..." : ""));
        }
    }

    private String key() {
        return context.agent() + ".channels." + context.name() + "." + FileChannelSettings.DIRECTORIES;
    }
}
