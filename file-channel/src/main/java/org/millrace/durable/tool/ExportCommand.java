package org.millrace.durable.tool;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.millrace.api.StartException;
import org.millrace.durable.log.LogView.FoundSlot;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes events to a file. */
@Command(
        name = "export",
        description =
                "Write events to a file: those that some reader has not taken yet. Takes nothing out of the channel.",
        sortOptions = false)
final class ExportCommand extends ChannelTask {
    private static final int BUFFER_BYTES = 1 << 20;
    private static final int SYNC_BYTES = 16;

    private final Surroundings around;

    @Mixin
    private ChannelArguments arguments;

    @Option(names = "--to", paramLabel = "FILE", required = true, description = "The file to write.")
    private @Nullable Path target;

    @Option(names = "--overwrite", description = "Replace the file if there is one.")
    private boolean overwrite;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description =
                    "avro (the default): a container of AvroFlumeEvents; json: a line each; text: bodies, a line each.")
    private Format format = Format.AVRO;

    @Mixin
    private Selection selection = new Selection();

    enum Format {
        AVRO,
        JSON,
        TEXT
    }

    /** Takes events, and ends the file when it is closed. */
    private interface Writer extends EventSink, AutoCloseable {
        @Override
        void close() throws IOException;
    }

    ExportCommand(Surroundings around) {
        super(around);
        this.around = around;
        this.arguments = new ChannelArguments(around.configurations());
    }

    @Override
    int run() throws IOException, StartException {
        Path to = target;
        if (to == null) {
            throw arguments.mistake("--to is missing");
        }
        if (Files.exists(to) && !overwrite) {
            throw arguments.mistake("--to " + to + ": there is such a file (see --overwrite)");
        }
        ChannelFiles files = arguments.look();
        Seen.requireChannel(files.view());
        Seen.notes(files.view()).forEach(this::warn);
        Selection.Chosen chosen = selection.of(files, arguments);
        if (chosen.note() != null) {
            warn(chosen.note());
        }
        return export(files, chosen, to);
    }

    private int export(ChannelFiles files, Selection.Chosen chosen, Path to) throws IOException {
        long total = files.segments().stream().mapToLong(FoundSlot::fileBytes).sum();
        Progress progress = new Progress("exported", total, around.err(), around.isTerminal(), around.clock());
        Path unfinished = unfinished(to);
        long[] events = {0};
        List<String> troubles;
        FileChannel file = FileChannel.open(unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (file) {
            try (Writer writer = writer(file)) {
                EventWalk[] walk = {null};
                walk[0] = new EventWalk(chosen.from(), chosen.skipped(), (sequence, time, event) -> {
                    events[0]++;
                    progress.at(walk[0].readBytes());
                    return writer.accept(sequence, time, event);
                });
                walk[0].run(files);
                troubles = walk[0].takeTroubles();
            }
            file.force(true); // 1. the bytes are on disk
            name(unfinished, to); // 2. the name means them
            forceDirectory(to); // 3. and outlives a loss of power
        } finally {
            progress.end();
            Files.deleteIfExists(unfinished);
        }
        troubles.forEach(this::warn);
        around.out()
                .println(Units.count(events[0], "event") + " written to " + to + ", " + Units.bytes(Files.size(to)));
        return troubles.isEmpty() ? Exit.DONE : Exit.FAILED;
    }

    /** Beside the file that it will be; nobody else's. */
    private static Path unfinished(Path to) {
        return to.resolveSibling(
                to.getFileName() + "." + HexFormat.of().toHexDigits(new SecureRandom().nextInt()) + ".part");
    }

    private void name(Path unfinished, Path to) throws IOException {
        if (overwrite) {
            Files.move(unfinished, to, StandardCopyOption.ATOMIC_MOVE); // replaces what is there
        } else {
            Files.move(unfinished, to);
        }
    }

    private static void forceDirectory(Path file) throws IOException {
        try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    /** @param file stays open when the writer is closed */
    private Writer writer(FileChannel file) throws IOException {
        OutputStream out = new BufferedOutputStream(new Unclosed(file), BUFFER_BYTES);
        return switch (format) {
            case AVRO -> avro(out);
            case JSON -> json(out);
            case TEXT -> text(out);
        };
    }

    private static Writer avro(OutputStream out) throws IOException {
        byte[] sync = new byte[SYNC_BYTES];
        new SecureRandom().nextBytes(sync);
        AvroFile file = new AvroFile(out, sync);
        return writer(
                (sequence, time, event) -> {
                    int start = event.bodyOffset() + event.bodyLength() - event.encodedBytes();
                    file.add(event.array(), start, event.encodedBytes());
                    return true;
                },
                file::close);
    }

    private static Writer json(OutputStream out) {
        PrintWriter lines = new PrintWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
        EventFormat.Printer printer = EventFormat.JSON.printer(lines, true);
        return writer(
                (sequence, time, event) -> {
                    printer.print(sequence, time, event);
                    if (sequence % 1024 == 0 && lines.checkError()) {
                        throw new IOException("the file cannot be written (disk full?)");
                    }
                    return true;
                },
                () -> {
                    lines.close();
                    if (lines.checkError()) {
                        throw new IOException("the file cannot be written (disk full?)");
                    }
                });
    }

    private static Writer text(OutputStream out) {
        return writer(
                (sequence, time, event) -> {
                    event.writeBodyTo(out);
                    out.write('\n');
                    return true;
                },
                out::close);
    }

    /** Leaves the file open, which is to be forced yet. */
    private static final class Unclosed extends OutputStream {
        private final OutputStream out;

        Unclosed(FileChannel file) {
            this.out = Channels.newOutputStream(file);
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }
    }

    /** What closes a file. */
    private interface Ending {
        void close() throws IOException;
    }

    private static Writer writer(EventSink sink, Ending ending) {
        return new Writer() {
            @Override
            public boolean accept(long sequence, long epochMillis, org.millrace.codec.EventReader event)
                    throws IOException {
                return sink.accept(sequence, epochMillis, event);
            }

            @Override
            public void close() throws IOException {
                ending.close();
            }
        };
    }
}
