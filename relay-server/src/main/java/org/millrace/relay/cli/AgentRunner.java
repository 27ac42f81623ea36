package org.millrace.relay.cli;

import java.util.List;
import org.millrace.relay.config.Assembly;

/** Runs an agent. */
public interface AgentRunner {
    /** What is wrong with the system properties that it would read. */
    List<String> problems();

    /**
     * Runs the agent until the process is told to stop.
     *
     * @return the exit code
     */
    int run(Assembly assembly) throws InterruptedException;
}
