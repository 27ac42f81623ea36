package org.millrace.relay.cli;

import java.util.List;
import org.millrace.relay.config.Configuration;

/** Runs an agent. */
public interface AgentRunner {
    /** What is wrong with the system properties that it would read. */
    List<String> problems();

    /**
     * Runs the agent until the process is told to stop.
     *
     * @param configuration with an assembly, read from the request's sources
     * @param changes how it takes changes of these
     * @return the exit code
     */
    int run(Configuration configuration, Changes changes) throws InterruptedException;
}
