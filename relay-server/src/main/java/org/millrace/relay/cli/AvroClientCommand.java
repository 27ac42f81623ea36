package org.millrace.relay.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.millrace.api.StartException;
import org.millrace.api.deadletter.EventContainerReader;
import org.millrace.client.AppendException;
import org.millrace.client.ClientProperties;
import org.millrace.client.ClientSettings;
import org.millrace.client.EventLoops;
import org.millrace.client.HostPolicy;
import org.millrace.client.PipelinedSender;
import org.millrace.client.RelayAddress;
import org.millrace.client.RelayClient;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.codec.HeaderEdit;
import org.millrace.codec.HeaderName;
import org.millrace.relay.source.spool.SpoolSettings;
import org.millrace.relay.source.spool.SpoolingReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Sends lines to an agent's Avro source, an event each: those of a file, of the standard input, or of a directory's files. Or the events
 * of container files, as they are.
 */
@Command(description = "Send the lines of a file, or of the standard input, to an agent's Avro source.")
public final class AvroClientCommand implements Callable<Integer> {
    /** Long lines: a request holds fewer of them then. */
    private static final int ENOUGH_BYTES = 4 << 20;

    private final InputStream standardInput;
    private final PrintWriter out;
    private final PrintWriter err;
    private final Supplier<EventLoops> loops;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = {"-H", "--host"},
            paramLabel = "HOST",
            description = "Host name or address of the agent.")
    private @Nullable String host;

    @Option(
            names = {"-p", "--port"},
            paramLabel = "PORT",
            description = "Port of its Avro source.")
    private @Nullable Integer port;

    @Option(
            names = {"-P", "--rpcProps"},
            paramLabel = "FILE",
            description =
                    "Properties of Flume's client SDK, instead of host and port: one or several hosts, failover, load "
                            + "balancing, batch size, time-outs, compression.")
    private @Nullable Path rpcProperties;

    @Option(
            names = "--lenient",
            description = "Only note keys of the properties that are not known, as Flume does not look at them.")
    private boolean lenient;

    @Option(
            names = {"-F", "--filename"},
            paramLabel = "FILE",
            description = "The file to send; without it, the standard input.")
    private @Nullable Path file;

    @Option(
            names = "--dirname",
            paramLabel = "DIR",
            description = "Send all files of this directory; those that are done get the suffix .COMPLETED.")
    private @Nullable Path directory;

    @Option(
            names = "--events",
            paramLabel = "FILE",
            arity = "1..*",
            description =
                    "Send the events of Avro container files, with the headers that they have: dead letters, or what "
                            + "'channel export' writes. A file that is not acknowledged to its end is to be sent again.")
    private List<Path> eventFiles = List.of();

    @Option(
            names = {"-R", "--headerFile"},
            paramLabel = "FILE",
            description = "Properties that become headers of every event.")
    private @Nullable Path headerFile;

    /**
     * @param standardInput read if neither a file nor a directory is named
     * @param loops asked once there is something to send; not closed
     */
    public AvroClientCommand(InputStream standardInput, PrintWriter out, PrintWriter err, Supplier<EventLoops> loops) {
        this.standardInput = standardInput;
        this.out = out;
        this.err = err;
        this.loops = loops;
    }

    @Override
    public Integer call() throws InterruptedException {
        ClientProperties target = readTarget();
        Map<String, String> headers = readHeaders();
        checkInput();
        target.notes().forEach(note -> err.println("millrace avro-client: " + note));
        long started = System.nanoTime();
        try (RelayClient client = RelayClient.open(target.settings(), loops.get())) {
            client.connect();
            PipelinedSender sender = new PipelinedSender(client);
            try {
                send(sender, target.settings().batchEvents(), headers);
                sender.awaitAll();
            } catch (AppendException | StartException e) {
                return failed(e.getMessage() + acknowledged(sender));
            } catch (IOException e) {
                return failed("cannot read the input: " + e + acknowledged(sender));
            }
            double seconds = (System.nanoTime() - started) / 1e9;
            out.printf("%d events sent to %s in %.1f s%n", sender.acknowledgedEvents(), names(target), seconds);
            out.flush();
            return ExitCode.DONE;
        } catch (AppendException e) {
            return failed(String.valueOf(e.getMessage()));
        }
    }

    private static String names(ClientProperties target) {
        ClientSettings settings = target.settings();
        boolean isOnlyFirst = settings.policy() instanceof HostPolicy.FirstOnly;
        return settings.hosts().stream()
                .limit(isOnlyFirst ? 1 : settings.hosts().size())
                .map(RelayAddress::toString)
                .collect(Collectors.joining(", "));
    }

    private static String acknowledged(PipelinedSender sender) {
        return " (" + sender.acknowledgedEvents() + " events were acknowledged)";
    }

    private int failed(String why) {
        err.println("millrace avro-client: " + why);
        err.flush();
        return ExitCode.FAILED;
    }

    private void send(PipelinedSender sender, int batchEvents, Map<String, String> headers)
            throws IOException, StartException, InterruptedException {
        if (!eventFiles.isEmpty()) {
            for (Path container : eventFiles) {
                sendContainer(sender, container, batchEvents, headers);
            }
        } else if (directory != null) {
            sendDirectory(sender, directory, batchEvents, headers);
        } else if (file != null) {
            try (InputStream in = Files.newInputStream(file)) {
                sendLines(sender, in, false, batchEvents, headers);
            }
        } else {
            sendLines(sender, standardInput, true, batchEvents, headers);
        }
    }

    /** @param live whether lines may take their time to come */
    private static void sendLines(
            PipelinedSender sender, InputStream in, boolean live, int batchEvents, Map<String, String> headers)
            throws IOException, InterruptedException {
        byte[] encodedHeaders = EventBatchBuilder.encodeHeaders(headers);
        LineInput lines = new LineInput(in);
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            while (lines.next()) {
                builder.add(encodedHeaders, lines.array(), lines.offset(), lines.length());
                boolean full = builder.events() >= batchEvents || builder.encodedBytes() >= ENOUGH_BYTES;
                if (full || (live && lines.wouldWait())) { // whoever types, or writes now and then, is not kept waiting
                    sendAndRelease(sender, builder.build());
                }
            }
            if (builder.events() > 0) {
                sendAndRelease(sender, builder.build());
            }
        }
    }

    /** A file counts as read only once its events are acknowledged, so there is one batch on its way at a time. */
    private static void sendDirectory(
            PipelinedSender sender, Path directory, int batchEvents, Map<String, String> headers)
            throws IOException, StartException, InterruptedException {
        SpoolSettings settings =
                SpoolSettings.of(directory).withHeaders(new SpoolSettings.FileHeaders(null, null, headers));
        try (SpoolingReader reader = SpoolingReader.open(settings, InstantSource.system())) {
            for (EventBatch batch = reader.read(batchEvents); batch != null; batch = reader.read(batchEvents)) {
                sendAndRelease(sender, batch);
                sender.awaitAll();
                reader.commit();
            }
            long unread = reader.filesSetAside() + reader.filesWaiting();
            if (unread > 0) {
                throw new IOException(unread + " files of " + directory + " could not be read to the end");
            }
        }
    }

    private static void sendContainer(
            PipelinedSender sender, Path container, int batchEvents, Map<String, String> headers)
            throws IOException, InterruptedException {
        List<HeaderEdit> edits = headers.entrySet().stream()
                .map(header -> new HeaderEdit(HeaderName.of(header.getKey()), header.getValue(), false))
                .toList();
        try (EventContainerReader blocks = EventContainerReader.open(container)) {
            for (EventBatch block; (block = blocks.next()) != null; ) {
                EventBatch rest = HeaderEdit.apply(edits, block);
                while (rest.events() > batchEvents) {
                    EventBatch.Split parts = rest.split(batchEvents);
                    rest = parts.tail();
                    sendOrRelease(sender, parts.head(), rest);
                }
                sendAndRelease(sender, rest);
            }
        } catch (IOException e) {
            throw e instanceof AppendException ? e : new IOException(container + ": " + e.getMessage(), e);
        }
    }

    /** @param rest released if that of the batch fails */
    private static void sendOrRelease(PipelinedSender sender, EventBatch batch, EventBatch rest)
            throws AppendException, InterruptedException {
        boolean sent = false;
        try {
            sendAndRelease(sender, batch);
            sent = true;
        } finally {
            if (!sent) {
                rest.release();
            }
        }
    }

    private static void sendAndRelease(PipelinedSender sender, EventBatch batch)
            throws AppendException, InterruptedException {
        try {
            sender.send(batch);
        } finally {
            batch.release();
        }
    }

    private ClientProperties readTarget() {
        boolean byName = host != null || port != null;
        if (rpcProperties != null && byName) {
            throw usageMistake("--rpcProps names the agent, so --host and --port are not to be given");
        }
        try {
            if (rpcProperties != null) {
                Properties properties = load(rpcProperties);
                return lenient ? ClientProperties.readLenient(properties) : ClientProperties.read(properties);
            }
            if (host == null || port == null) {
                throw usageMistake("missing " + (host == null ? "--host" : "--port") + " (or --rpcProps)");
            }
            return new ClientProperties(
                    ClientSettings.builder(new RelayAddress(host, port)).build(), List.of());
        } catch (IllegalArgumentException e) {
            String where = rpcProperties == null ? "" : rpcProperties + ":\n";
            throw usageMistake(where + e.getMessage());
        }
    }

    private Map<String, String> readHeaders() {
        Map<String, String> headers = new HashMap<>();
        if (headerFile != null) {
            Properties properties = load(headerFile);
            properties.stringPropertyNames().forEach(name -> headers.put(name, properties.getProperty(name)));
        }
        return headers;
    }

    private void checkInput() {
        if (Stream.of(file != null, directory != null, !eventFiles.isEmpty())
                        .filter(given -> given)
                        .count()
                > 1) {
            throw usageMistake("--filename, --dirname and --events exclude each other");
        }
        for (Path container : eventFiles) {
            if (!Files.isReadable(container)) {
                throw usageMistake("--events " + container + ": no such file, or not to be read by this user");
            }
        }
        if (file != null && !Files.isReadable(file)) {
            throw usageMistake("--filename " + file + ": no such file, or not to be read by this user");
        }
        if (directory != null && !Files.isDirectory(directory)) {
            throw usageMistake("--dirname " + directory + ": no such directory");
        }
    }

    private Properties load(Path path) {
        Properties properties = new Properties();
        try (var reader = Files.newBufferedReader(path, StandardCharsets.ISO_8859_1)) { // as Properties files are
            properties.load(reader);
            return properties;
        } catch (IOException | IllegalArgumentException e) {
            throw usageMistake("cannot read " + path + ": " + e);
        }
    }

    private ParameterException usageMistake(String message) {
        if (spec == null) {
            throw new IllegalStateException("picocli fills the options first");
        }
        return new ParameterException(spec.commandLine(), message);
    }
}
