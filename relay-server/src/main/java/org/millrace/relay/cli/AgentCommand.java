package org.millrace.relay.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.millrace.relay.config.Configuration;
import org.millrace.relay.config.ConfigurationReader;
import org.millrace.relay.config.TextSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs an agent until it is told to stop. */
@Command(
        description = {
            "Run an agent until SIGTERM or Ctrl-C. SIGHUP has it look for changes of its configuration at once."
        },
        sortOptions = false)
final class AgentCommand implements Callable<Integer> {
    private static final Logger log = LoggerFactory.getLogger(AgentCommand.class);

    private final ConfigurationReader configurations;
    private final AgentRunner runner;
    private final PrintWriter err;

    @Spec
    private @Nullable CommandSpec command;

    @Mixin
    private ConfigurationOptions options = new ConfigurationOptions();

    @Option(
            names = "--no-reload-conf",
            description = "Do not look for changes of the configuration while running; SIGHUP ends the agent.")
    private boolean noReload;

    @Option(
            names = {"-i", "--poll-interval"},
            paramLabel = "SECONDS",
            description = "How often to look for changes: by default 30, and 300 for http: and https:.")
    private @Nullable Integer pollSeconds;

    AgentCommand(ConfigurationReader configurations, AgentRunner runner, PrintWriter err) {
        this.configurations = configurations;
        this.runner = runner;
        this.err = err;
    }

    @Override
    public Integer call() throws InterruptedException {
        Configuration.Request request = options.request(err);
        Changes changes = new Changes(request, noReload ? null : pollInterval(request));
        if (command != null && command.name().equals("node")) {
            err.println("millrace node: an old name, please say: millrace agent");
        }
        Configuration configuration = configurations.read(request, null);
        Report report = new Report(configuration.findings(), runner.problems(), request.lenient());
        if (configuration.assembly() == null || report.isRefusal()) {
            report.printRefusal(err);
            return ExitCode.REFUSED;
        }
        report.warnings().forEach(warning -> log.warn("{}", warning));
        log.info("agent {} starts from {}", request.agent(), request.names());
        return runner.run(configuration, changes);
    }

    private Duration pollInterval(Configuration.Request request) {
        if (pollSeconds != null) {
            if (pollSeconds < 1 && command != null) {
                throw new ParameterException(
                        command.commandLine(), "--poll-interval " + pollSeconds + " (expected: at least 1 second)");
            }
            return Duration.ofSeconds(pollSeconds);
        }
        return request.sources().stream()
                .map(TextSource::pollInterval)
                .max(Comparator.naturalOrder())
                .orElse(Duration.ofSeconds(30));
    }
}
