package org.millrace.relay.source.taildir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.millrace.api.BatchSized;
import org.millrace.api.Source;
import org.millrace.api.SourceContext;
import org.millrace.api.SourceMetrics;
import org.millrace.api.StartException;
import org.millrace.api.support.Pauses;
import org.millrace.api.support.SourceLoop;
import org.millrace.relay.source.taildir.PositionFile.Entry;
import org.millrace.relay.source.taildir.TaildirSettings.Group;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands what is added to files to its channels; see {@link TailReader}. {@link #start} and {@link #close}: one thread. */
final class TaildirSource implements Source, BatchSized {
    private static final Pauses REFUSED = Pauses.doubling(Duration.ofSeconds(1), Duration.ofSeconds(5));
    private static final Logger log = LoggerFactory.getLogger(TaildirSource.class);

    private final String name;
    private final SourceMetrics metrics;
    private final InstantSource clock;
    private final TaildirSettings settings;
    private final SourceLoop loop;

    TaildirSource(SourceContext context, TaildirSettings settings, Pauses idle) {
        this.name = context.name();
        this.metrics = context.metrics();
        this.clock = context.clock();
        this.settings = settings;
        this.loop = new SourceLoop(context, new SourceLoop.Pace(idle, REFUSED, REFUSED));
    }

    @Override
    public void start() throws StartException {
        for (Group group : settings.groups()) {
            String trouble = group.trouble();
            if (trouble != null) {
                throw new StartException("source " + name + ": filegroups." + group.name() + ": " + trouble);
            }
        }
        PositionFile positions = new PositionFile(settings.positionFile());
        TailedFiles files = new TailedFiles(settings, remembered(positions), clock);
        metrics.gauge("filesTailed", files::tailed);
        metrics.gauge("filesOpen", files::open);
        metrics.gauge("filesTruncated", files::truncations);
        loop.start("taildir", new TailReader(settings, positions, files, metrics, clock));
        log.info("source {} tails {}", name, settings.groups());
    }

    @Override
    public void close() {
        loop.close();
    }

    @Override
    public int batchEvents() {
        return settings.batchEvents();
    }

    @Override
    public String batchKey() {
        return "batchSize";
    }

    private List<Entry> remembered(PositionFile positions) throws StartException {
        Path file = settings.positionFile();
        try {
            Files.createDirectories(file.getParent());
            List<Entry> remembered = positions.read();
            if (!Files.isWritable(file.getParent())) {
                throw new IOException("no file can be made in " + file.getParent());
            }
            return remembered;
        } catch (IOException e) {
            throw new StartException("source " + name + ": cannot use positionFile " + file + ": " + e, e);
        }
    }
}
