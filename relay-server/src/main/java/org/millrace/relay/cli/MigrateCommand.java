package org.millrace.relay.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.millrace.relay.config.Difference;
import org.millrace.relay.config.Difference.Standing;
import org.millrace.relay.config.Differences;
import org.millrace.relay.config.Migration;
import org.millrace.relay.config.Migration.Outcome;
import org.millrace.relay.config.Migration.Remark;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tells what will be different from Flume. */
@Command(
        description = {
            "Compare what Flume 1.11 makes of a configuration with what Millrace does, and start nothing.",
            "Exit code 0: it can be started as it is; 1: something has to be changed before."
        },
        sortOptions = false)
final class MigrateCommand implements Callable<Integer> {
    private static final Map<Standing, String> LABELS = new EnumMap<>(Map.of(
            Standing.CHANGE, "change ",
            Standing.DIFFERS, "differs",
            Standing.ADVICE, "advice ",
            Standing.BETTER, "better "));

    private final BiFunction<List<Path>, @Nullable String, Outcome> migration;
    private final PrintWriter out;
    private final PrintWriter err;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "FILE", arity = "0..*", description = "Flume's .properties files; several are merged.")
    private List<Path> files = new ArrayList<>();

    @Option(
            names = {"-f", "--conf-file"},
            paramLabel = "FILE",
            description = "The same.")
    private List<Path> moreFiles = new ArrayList<>();

    @Option(
            names = {"-n", "--name"},
            paramLabel = "NAME",
            description = "The agent; all that the files declare if it is left out.")
    private @Nullable String name;

    @Option(
            names = "--markdown",
            description = "The guide to migration with all differences there are, for a page of documentation.")
    private boolean isMarkdown;

    /** @param migration of files, and of one agent or all of them */
    MigrateCommand(BiFunction<List<Path>, @Nullable String, Outcome> migration, PrintWriter out, PrintWriter err) {
        this.migration = migration;
        this.out = out;
        this.err = err;
    }

    @Override
    public Integer call() {
        if (isMarkdown) {
            out.print(MigrationPage.of(Differences.all()));
            out.flush();
            return ExitCode.DONE;
        }
        List<Path> all = new ArrayList<>(files);
        all.addAll(moreFiles);
        if (all.isEmpty() && spec != null) {
            throw new ParameterException(spec.commandLine(), "Missing required parameter: 'FILE'");
        }
        Outcome outcome = migration.apply(all, name);
        if (outcome.agents().isEmpty()) {
            outcome.problems().forEach(err::println);
            return ExitCode.REFUSED;
        }
        for (Standing standing : LABELS.keySet()) {
            print(outcome.remarks().stream()
                    .filter(remark -> remark.standing() == standing)
                    .toList());
        }
        out.println(summary(outcome));
        return Migration.count(outcome, Standing.CHANGE) == 0 ? ExitCode.DONE : ExitCode.FAILED;
    }

    /** What is so at several places is explained once. */
    private void print(List<Remark> remarks) {
        Map<Object, List<Remark>> same = new LinkedHashMap<>();
        for (Remark remark : remarks) {
            Object subject = remark.message().isEmpty() && remark.difference() != null ? remark.difference() : remark;
            same.computeIfAbsent(subject, each -> new ArrayList<>()).add(remark);
        }
        same.values().forEach(places -> {
            places.forEach(this::printPlace);
            printExplanation(places.get(0));
        });
    }

    private void printPlace(Remark remark) {
        List<String> parts = new ArrayList<>();
        if (remark.place() != null) {
            parts.add(remark.place().toString());
        }
        parts.add(remark.key());
        parts.add(remark.message());
        parts.removeIf(String::isEmpty);
        out.println(LABELS.get(remark.standing()) + "  " + String.join(": ", parts));
    }

    private void printExplanation(Remark remark) {
        Difference difference = remark.difference();
        if (difference != null) {
            printLine("Flume", difference.flume());
            if (remark.message().isEmpty()) {
                printLine("Millrace", difference.millrace());
            }
            printLine("to do", difference.advice());
        }
    }

    private void printLine(String what, String text) {
        if (!text.isEmpty()) {
            out.println(String.format(Locale.ROOT, "           %-9s %s", what + ":", text));
        }
    }

    private static String summary(Outcome outcome) {
        List<String> counts = new ArrayList<>();
        LABELS.forEach((standing, label) -> counts.add(Migration.count(outcome, standing) + " " + label.trim()));
        boolean isFine = Migration.count(outcome, Standing.CHANGE) == 0;
        return (outcome.agents().size() == 1 ? "agent " : "agents ") + String.join(", ", outcome.agents()) + ": "
                + String.join(", ", counts)
                + (isFine ? "; can be started as it is" : "; has to be changed before it starts");
    }
}
