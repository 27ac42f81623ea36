package org.millrace.verify;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.millrace.ledger.Ledger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace verify}: whether what {@code millrace load --ledger} sent has arrived. */
@Command(
        sortOptions = false,
        description = {
            "Compare the ledger of millrace load with what has arrived: what is lost, there twice, corrupt, or not of that run.",
            "Ends with 0 only if nothing is lost or corrupt."
        })
public final class VerifyCommand implements Callable<Integer> {
    private static final int GOOD = 0;
    private static final int NOT_GOOD = 1;
    private static final String PORT_SCHEME = "avro-port:";
    private static final Pattern PORT = Pattern.compile("avro-port:(?:(.+):)?(\\d{1,5})");
    private static final Pattern TIME = Pattern.compile("(\\d{1,7})(ms|s|m|h)");
    private static final int MAX_PORT = 65_535;

    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean terminal;
    private final EventPort ports;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "LEDGER", description = "The file that millrace load --ledger has written.")
    private Path ledgerFile = Path.of("");

    @Option(
            names = "--in",
            required = true,
            paramLabel = "PLACE",
            description = {
                "Where the events should be; may be given several times: a file, directory or pattern here or in a file system of"
                        + " Hadoop's, such as logs/, 'hdfs://host/logs/2026-*';",
                "or avro-port:[HOST:]PORT, to listen there as an agent's last hop (on 127.0.0.1 without HOST)."
            })
    private List<String> places = List.of();

    @Option(
            names = "--in-use-suffix",
            paramLabel = "TEXT",
            description = "Of files that are being written, hdfs.inUseSuffix (.tmp).")
    private String inUseSuffix = ".tmp";

    @Option(
            names = "--in-use-prefix",
            paramLabel = "TEXT",
            description = "Of files that are being written, hdfs.inUsePrefix (none).")
    private String inUsePrefix = "";

    @Option(
            names = "--idle",
            paramLabel = "TIME",
            description = "Stop listening when nothing has come for so long, such as 10s (10s).")
    private String idle = "10s";

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    @Option(
            names = {"-q", "--quiet"},
            description = "No progress on standard error.")
    private boolean quiet;

    /**
     * @param terminal whether somebody looks at {@code err}
     * @param ports opens the ports to listen on
     */
    public VerifyCommand(PrintWriter out, PrintWriter err, boolean terminal, EventPort ports) {
        this.out = out;
        this.err = err;
        this.terminal = terminal;
        this.ports = ports;
    }

    @Override
    public Integer call() throws InterruptedException {
        Duration patience = parseTime("--idle", idle);
        places.forEach(this::check);
        try {
            Verdict verdict = verdict(Ledger.read(ledgerFile), patience);
            print(verdict);
            return verdict.isGood() ? GOOD : NOT_GOOD;
        } catch (IOException e) {
            err.println("millrace verify: " + e.getMessage());
            err.flush();
            return NOT_GOOD;
        }
    }

    private Verdict verdict(Ledger ledger, Duration patience) throws IOException, InterruptedException {
        Sightings sightings = new Sightings(ledger);
        FileTally tally = new FileTally();
        try (ProgressLine progress = new ProgressLine(quiet ? null : err, terminal, sightings, tally)) {
            for (String place : places) {
                Matcher port = PORT.matcher(place);
                if (port.matches()) {
                    String host = port.group(1) == null ? "127.0.0.1" : port.group(1);
                    new PortWatch(sightings, patience, System::nanoTime, progress)
                            .run(ports, host, Integer.parseInt(port.group(2)));
                } else {
                    new EventFiles(new InUseNames(inUsePrefix, inUseSuffix), sightings, tally, progress).read(place);
                }
            }
        }
        return sightings.verdict(tally);
    }

    private void print(Verdict verdict) throws IOException {
        if (json) {
            out.println(VerdictJson.of(verdict));
            out.flush();
        } else {
            new VerdictTable(out).print(verdict);
        }
    }

    private void check(String place) {
        Matcher port = PORT.matcher(place);
        boolean isPort = port.matches() && Integer.parseInt(port.group(2)) <= MAX_PORT;
        if (place.startsWith(PORT_SCHEME) && !isPort) {
            throw mistake("--in: " + place + " (expected: avro-port:PORT or avro-port:HOST:PORT)");
        }
    }

    private Duration parseTime(String option, String text) {
        Matcher time = TIME.matcher(text);
        if (!time.matches()) {
            throw mistake(option + ": " + text + " (expected: a time such as 500ms, 10s, 5m or 1h)");
        }
        long amount = Long.parseLong(time.group(1));
        return switch (time.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
    }

    private ParameterException mistake(String message) {
        if (spec == null) {
            throw new IllegalStateException("picocli fills the options first");
        }
        return new ParameterException(spec.commandLine(), message);
    }
}
