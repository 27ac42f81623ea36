package org.millrace.relay.config;

import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Makes an agent's parts from values that were resolved before: for the way back to a configuration whose files have changed since. */
public final class Recipe {
    private final AgentLines agent;
    private final ComponentCatalog catalog;
    private final Routing routing;
    private final InstantSource clock;
    private final boolean lenient;

    Recipe(AgentLines agent, ComponentCatalog catalog, Routing routing, InstantSource clock, boolean lenient) {
        this.agent = agent;
        this.catalog = catalog;
        this.routing = routing;
        this.clock = clock;
        this.lenient = lenient;
    }

    /** The agent's parts; those that run and about which nothing has changed as they are. */
    public Assembly assemble(Assembly running) {
        return assemble(new Findings(), running);
    }

    Assembly assemble(Findings findings, @Nullable Assembly running) {
        Workshop workshop = new Workshop(agent, catalog, clock, findings, lenient, new Continuity(running));
        return new Assembler(workshop, routing).assemble();
    }
}
