package org.millrace.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.millrace.api.StartException;
import org.millrace.relay.cli.AgentRunner;
import org.millrace.relay.cli.Changes;
import org.millrace.relay.cli.ExitCode;
import org.millrace.relay.config.Assembly;
import org.millrace.relay.config.Configuration;
import org.millrace.relay.config.ConfigurationReader;
import org.millrace.relay.metrics.MonitoringSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs an agent for the rest of the process's life: until SIGTERM or SIGINT, which stop it and end the process, with exit status 0 if the
 * stop comes to its end in time, leaves no part open and loses no event.
 */
final class AgentProcess implements AgentRunner {
    private static final Logger log = LoggerFactory.getLogger(AgentProcess.class);
    private static final String STOP_DEADLINE = "millrace.stop.deadline";
    private static final long DEFAULT_STOP_SECONDS = 20;
    /**
     * What closing may take on top of draining, before the process ends regardless: up to 25 s each for sources, for sinks that put into
     * others' channels and for other sinks, then channels.
     */
    private static final Duration CLOSE_GRACE =
            SourceClosing.MOST.multipliedBy(3).plusSeconds(10);

    private final Properties system;
    private final ConfigurationReader reader;

    /** @param reader for configurations that come while the agent runs */
    AgentProcess(Properties system, ConfigurationReader reader) {
        this.system = system;
        this.reader = reader;
    }

    @Override
    public List<String> problems() {
        List<String> problems = new ArrayList<>(MonitoringSettings.problemsOf(system));
        drainDeadline(problems);
        return problems;
    }

    @Override
    public int run(Configuration configuration, Changes changes) throws InterruptedException {
        Assembly assembly = Objects.requireNonNull(configuration.assembly());
        List<String> problems = new ArrayList<>();
        Duration deadline = drainDeadline(problems);
        Relay relay = Relay.monitored(assembly, MonitoringSettings.read(system, problems), deadline);
        Reloader reloader = reloader(relay, configuration, changes);
        if (reloader != null) {
            HangupSignal.onSignal(reloader::look); // before the start: from then on people send it
        }
        AgentLife life = new AgentLife(relay, relay.stopReport(), deadline.plus(CLOSE_GRACE), TimeLimit.OF_LOG);
        Thread hook = new Thread(() -> end(life), "stop");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            life.start();
        } catch (StartException e) {
            String reason = configuration.findings().masked(Reloader.reason(e));
            log.error("agent {} did not start: {}", assembly.agent(), reason);
            return failed(hook);
        } catch (Throwable e) { // an Error too, here at the entry: the process is to end with its status
            log.error("agent {} did not start", assembly.agent(), e);
            return failed(hook);
        }
        Reloader.save(changes.request().backup(), configuration.texts());
        if (reloader != null) {
            takeChanges(reloader);
        }
        new CountDownLatch(1).await(); // for good: the hook ends the process
        return ExitCode.DONE;
    }

    /** One that looks now and then, and when a source of the configuration tells of a change; null if nobody is to look. */
    @Nullable
    Reloader reloader(Relay relay, Configuration first, Changes changes) {
        Duration interval = changes.pollInterval();
        if (interval == null) {
            return null;
        }
        Reloader reloader = new Reloader(changes.request(), reader, relay, first, interval);
        changes.request().sources().forEach(source -> source.onChange(reloader::lookForChanges));
        return reloader;
    }

    private static void takeChanges(Reloader reloader) {
        try {
            reloader.run();
        } catch (InterruptedException e) {
            log.debug("the agent is being closed, and with it the process ends");
        }
    }

    private static int failed(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            log.info("asked to stop while the start failed");
        }
        return ExitCode.FAILED;
    }

    /** Run by the shutdown hook. Without the halt the exit code would tell the signal. */
    private static void end(AgentLife life) {
        int exitCode = ExitCode.FAILED;
        try {
            exitCode = life.stop();
            RelayMain.closeLogging();
        } finally {
            Runtime.getRuntime().halt(exitCode);
        }
    }

    private Duration drainDeadline(List<String> problems) {
        String text = system.getProperty(STOP_DEADLINE, Long.toString(DEFAULT_STOP_SECONDS))
                .trim();
        if (text.matches("\\d{1,6}")) {
            return Duration.ofSeconds(Long.parseLong(text));
        }
        problems.add("-D" + STOP_DEADLINE + "=" + text + " (expected: a number of seconds)");
        return Duration.ofSeconds(DEFAULT_STOP_SECONDS);
    }
}
