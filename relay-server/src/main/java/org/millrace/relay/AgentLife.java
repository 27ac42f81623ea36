package org.millrace.relay;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.millrace.api.Component;
import org.millrace.api.StartException;
import org.millrace.relay.cli.ExitCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an agent's start and its end make of the process's exit status. One thread starts it, and any may stop it, also while it starts. */
final class AgentLife {
    private static final Logger log = LoggerFactory.getLogger(AgentLife.class);

    private final Component agent;
    private final StopReport stop;
    private final Duration patience;
    private final Duration logPatience;
    /** From the beginning of its start to the end of one that succeeded. Guarded by this. */
    private boolean incomplete;

    /**
     * @param stop what the agent's close tells of itself
     * @param patience how long its close is waited for
     * @param logPatience how long the log is, where it is told that this did not go well
     */
    AgentLife(Component agent, StopReport stop, Duration patience, Duration logPatience) {
        this.agent = agent;
        this.stop = stop;
        this.patience = patience;
        this.logPatience = logPatience;
    }

    synchronized void start() throws StartException {
        incomplete = true;
        agent.start();
        incomplete = false;
    }

    /**
     * Closes the agent once it has started, or has failed to. Returns the exit status: 0 if it had started, and the close came to its end in
     * time, left no part open and lost no event.
     */
    int stop() {
        FutureTask<Integer> closing = new FutureTask<>(this::close);
        Thread closer = new Thread(closing, "closing");
        closer.setDaemon(true);
        closer.start();
        try {
            return closing.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            tell(() -> log.error(
                    "the agent does not stop in {} s, and has not come past {}; ending the process as it is{}",
                    patience.toSeconds(),
                    stop.step(),
                    stop.isClean() ? "" : ": " + stop.flaws()));
        } catch (ExecutionException e) {
            tell(() -> log.error("the agent broke as it stopped; ending the process as it is", e.getCause()));
        } catch (InterruptedException e) {
            tell(() -> log.error("interrupted while stopping; ending the process as it is"));
        }
        return ExitCode.FAILED;
    }

    /** The log may be what the agent hangs at. */
    private void tell(Runnable line) {
        TimeLimit.run("last-words", logPatience, line);
    }

    private synchronized int close() {
        agent.close();
        return incomplete || !stop.isClean() ? ExitCode.FAILED : ExitCode.DONE;
    }
}
