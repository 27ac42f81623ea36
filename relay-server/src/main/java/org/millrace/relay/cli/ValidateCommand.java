package org.millrace.relay.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.millrace.relay.config.Assembly;
import org.millrace.relay.config.Configuration;
import org.millrace.relay.config.ConfigurationReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Says what is wrong with a configuration, or what it would run. */
@Command(description = "Check an agent's configuration as 'agent' would, and start nothing.", sortOptions = false)
final class ValidateCommand implements Callable<Integer> {
    private final ConfigurationReader configurations;
    private final AgentRunner runner;
    private final PrintWriter out;
    private final PrintWriter err;

    @Mixin
    private ConfigurationOptions options = new ConfigurationOptions();

    ValidateCommand(ConfigurationReader configurations, AgentRunner runner, PrintWriter out, PrintWriter err) {
        this.configurations = configurations;
        this.runner = runner;
        this.out = out;
        this.err = err;
    }

    @Override
    public Integer call() {
        Configuration.Request request = options.request(err);
        Configuration configuration = configurations.read(request, null);
        Report report = new Report(configuration.findings(), runner.problems(), request.lenient());
        Assembly assembly = configuration.assembly();
        if (assembly == null || report.isRefusal()) {
            report.printRefusal(err);
            return ExitCode.REFUSED;
        }
        report.warnings().forEach(err::println);
        out.println(request.names() + ": agent " + assembly.agent() + " can run");
        print("sources ", assembly.sources());
        print("channels", assembly.channels());
        for (Assembly.SinkPart sink : assembly.sinks()) {
            print("sinks   ", List.of(sink));
            String outlook = sink.sink().outlook();
            if (!outlook.isEmpty()) {
                out.println("            " + configuration.findings().masked(outlook));
            }
        }
        print("groups  ", assembly.groups());
        return ExitCode.DONE;
    }

    private void print(String kind, List<?> parts) {
        for (Object part : parts) {
            out.println("  " + kind + "  " + part);
        }
    }
}
