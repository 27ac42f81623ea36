package org.millrace.relay.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.millrace.relay.config.Assembly;
import org.millrace.relay.config.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs an agent until it is told to stop. */
@Command(description = "Run an agent until SIGTERM or Ctrl-C.", sortOptions = false)
final class AgentCommand implements Callable<Integer> {
    private static final Logger log = LoggerFactory.getLogger(AgentCommand.class);

    private final Function<Configuration.Request, Configuration> configurations;
    private final AgentRunner runner;
    private final PrintWriter err;

    @Spec
    private @Nullable CommandSpec command;

    @Mixin
    private ConfigurationOptions options = new ConfigurationOptions();

    @Option(names = "--no-reload-conf", description = "Do not look for changes of the files while running.")
    private boolean noReload;

    @Option(
            names = {"-i", "--poll-interval"},
            paramLabel = "SECONDS",
            description = "How often to look for changes. Has no effect yet: changes count from the next start.")
    private @Nullable Integer pollSeconds;

    AgentCommand(Function<Configuration.Request, Configuration> configurations, AgentRunner runner, PrintWriter err) {
        this.configurations = configurations;
        this.runner = runner;
        this.err = err;
    }

    @Override
    public Integer call() throws InterruptedException {
        Configuration.Request request = options.request();
        if (command != null && command.name().equals("node")) {
            err.println("millrace node: an old name, please say: millrace agent");
        }
        Configuration configuration = configurations.apply(request);
        Report report = new Report(configuration.findings(), runner.problems(), request.lenient());
        Assembly assembly = configuration.assembly();
        if (assembly == null || report.isRefusal()) {
            report.printRefusal(err);
            return ExitCode.REFUSED;
        }
        report.warnings().forEach(warning -> log.warn("{}", warning));
        log.info("agent {} starts from {}", request.agent(), request.files());
        if (!noReload) {
            log.info(
                    "changes of the files count from the next start{}",
                    pollSeconds == null ? "" : ": -i has no effect yet");
        }
        return runner.run(assembly);
    }
}
