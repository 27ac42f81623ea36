package org.millrace.relay.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.millrace.relay.config.Assembly;
import org.millrace.relay.config.Configuration;
import org.millrace.relay.config.ConfigurationReader;
import org.millrace.relay.config.ConfigurationUri;
import org.millrace.relay.config.Plan;
import org.millrace.relay.config.TextSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says what a reload from one configuration to another would do. */
@Command(
        description = "Show what an agent that runs OLD would start, stop, restart and keep if it became NEW, and why.",
        sortOptions = false)
final class PlanCommand implements Callable<Integer> {
    private final ConfigurationReader configurations;
    private final PrintWriter out;
    private final PrintWriter err;

    @Spec
    private @Nullable CommandSpec command;

    @Option(
            names = {"-n", "--name"},
            paramLabel = "NAME",
            required = true,
            description = "The agent's name: what its keys start with.")
    private String name = "";

    @Parameters(
            index = "0",
            paramLabel = "OLD",
            description = "A .properties file, or a URI as -u of 'agent' takes it.")
    private String before = "";

    @Parameters(index = "1", paramLabel = "NEW", description = "The same as it is to be.")
    private String after = "";

    @Option(names = "--lenient", description = "As for 'agent'.")
    private boolean lenient;

    PlanCommand(ConfigurationReader configurations, PrintWriter out, PrintWriter err) {
        this.configurations = configurations;
        this.out = out;
        this.err = err;
    }

    @Override
    public Integer call() {
        Assembly running = read(before, null);
        Assembly next = running == null ? null : read(after, running);
        if (running == null || next == null) {
            return ExitCode.REFUSED;
        }
        Plan plan = Plan.between(running, next);
        out.println(before + " -> " + after + ": agent " + name + (plan.isEmpty() ? ", nothing to do" : ""));
        for (Plan.Step step : plan.steps()) {
            out.printf(Locale.ROOT, "  %-8s %-10s  %s%n", word(step), step.kind(), step.part());
            step.why().forEach(reason -> out.println("             " + reason));
        }
        return ExitCode.DONE;
    }

    private static String word(Plan.Step step) {
        return step.action().name().toLowerCase(Locale.ROOT);
    }

    private @Nullable Assembly read(String place, @Nullable Assembly running) {
        Configuration.Request request = new Configuration.Request(name, List.of(source(place)), lenient, null);
        Configuration configuration = configurations.read(request, running);
        Report report = new Report(configuration.findings(), List.of(), lenient);
        Assembly assembly = configuration.assembly();
        if (assembly == null || report.isRefusal()) {
            report.printMistakes(err);
            err.println(place + " is refused");
            return null;
        }
        return assembly;
    }

    private TextSource source(String place) {
        if (!place.matches("(file|classpath|https?):.*")) {
            return TextSource.ofFile(Path.of(place));
        }
        try {
            return ConfigurationUri.source(place, "", "");
        } catch (IllegalArgumentException e) {
            String message = place + ": " + e.getMessage();
            throw command == null
                    ? new IllegalStateException(message, e)
                    : new ParameterException(command.commandLine(), message, e);
        }
    }
}
