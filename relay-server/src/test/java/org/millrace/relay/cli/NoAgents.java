package org.millrace.relay.cli;

import java.util.List;
import org.millrace.relay.config.Configuration;

/** For commands that run no agent. */
record NoAgents() implements AgentRunner {
    @Override
    public List<String> problems() {
        return List.of();
    }

    @Override
    public int run(Configuration configuration, Changes changes) {
        throw new IllegalStateException("no agent here");
    }
}
