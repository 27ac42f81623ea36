package org.millrace.relay.config;

import com.codahale.metrics.MetricRegistry;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An agent's configuration, read and checked. Nothing is started, nothing outside the files is touched.
 *
 * @param findings everything there is to say about it
 * @param assembly the agent's parts; null if the configuration is refused
 */
public record Configuration(Findings findings, @Nullable Assembly assembly) {
    /**
     * What to read.
     *
     * @param agent the agent's name
     * @param files merged in this order: the later one's values win
     * @param lenient whether to go on without what has a mistake, as Flume would
     */
    public record Request(String agent, List<Path> files, boolean lenient) {}

    /** Reads the files, finds all mistakes, and makes the agent's parts if there are none, or if some are left when lenient. */
    public static Configuration read(
            Request request, Environment environment, ComponentCatalog catalog, Routing routing, InstantSource clock) {
        Findings findings = new Findings();
        environment.check(findings);
        catalog.report(findings);
        AgentLines agent = agentLines(request, environment, findings);
        if (agent == null) {
            return new Configuration(findings, null);
        }
        Workshop workshop = new Workshop(agent, catalog, new MetricRegistry(), clock, findings, request.lenient());
        Assembly assembly = new Assembler(workshop, routing).assemble();
        if (assembly.sources().isEmpty() && assembly.sinks().isEmpty()) {
            findings.dropped(null, agent.name(), "nothing is left of this agent that could start");
            return new Configuration(findings, null);
        }
        return new Configuration(findings, findings.hasMistakes() && !request.lenient() ? null : assembly);
    }

    /**
     * As {@link #read}, of an agent whose properties stand in no file: values are taken as they are.
     *
     * @param origin what messages name instead of a file
     */
    public static Configuration of(
            String agent,
            Map<String, String> properties,
            String origin,
            ComponentCatalog catalog,
            Routing routing,
            InstantSource clock) {
        Findings findings = new Findings();
        Map<String, Property> lines = new LinkedHashMap<>();
        properties.forEach((key, value) -> lines.put(key, new Property(key, value.trim(), new Place(origin, 0))));
        Map<String, AgentLines> agents = AgentLines.byAgent(lines.values());
        AgentLines own = agents.get(agent);
        if (own == null) {
            findings.mistake(new Place(origin, 0), "", "no agent " + agent);
            return new Configuration(findings, null);
        }
        new AgentChecks(own, agents, Set.of(), findings).run();
        Workshop workshop = new Workshop(own, catalog, new MetricRegistry(), clock, findings, false);
        Assembly assembly = new Assembler(workshop, routing).assemble();
        return new Configuration(findings, findings.hasMistakes() ? null : assembly);
    }

    /**
     * The settings of a channel as they stand in the files, by key without its prefix: for who looks into its directories. They are not
     * checked.
     *
     * @throws IllegalArgumentException if the files cannot be read, or there is no such agent or channel; the message tells what there is
     */
    public static Map<String, String> channelSettings(Request request, Environment environment, String channel) {
        Findings findings = new Findings();
        AgentLines agent = agentLines(request, environment, findings);
        if (agent == null) {
            throw new IllegalArgumentException(findings.mistakes().stream()
                    .map(Finding::toString)
                    .findFirst()
                    .orElse("no agent " + request.agent()));
        }
        ComponentLines lines = agent.configured(Kind.CHANNEL).get(channel);
        if (lines == null) {
            throw new IllegalArgumentException("no channel " + channel + " of agent " + request.agent() + " (there: "
                    + String.join(", ", agent.configured(Kind.CHANNEL).keySet()) + ")");
        }
        Map<String, String> settings = new LinkedHashMap<>();
        lines.lines().forEach((key, line) -> settings.put(key, line.value()));
        return settings;
    }

    private static @Nullable AgentLines agentLines(Request request, Environment environment, Findings findings) {
        Map<String, Property> raw = PropertyFiles.read(request.files(), findings);
        if (raw == null) {
            return null;
        }
        if (request.lenient()) {
            raw.values().removeIf(property -> property.value().isEmpty()); // as Flume
        }
        Substitution substitution = new Substitution(raw, environment, findings);
        Map<String, AgentLines> agents = AgentLines.byAgent(substitution
                .resolveUnder(request.agent() + ".") // another agent's variables are set where that one runs
                .values());
        AgentLines agent = agents.get(request.agent());
        if (agent == null) {
            reportNoAgent(request, AgentChecks.declaredAgents(agents), findings);
            return null;
        }
        new AgentChecks(agent, agents, substitution.referencedKeys(), findings).run();
        return agent;
    }

    private static void reportNoAgent(Request request, Set<String> agents, Findings findings) {
        Place place = new Place(
                String.join(", ", request.files().stream().map(Path::toString).toList()), 0);
        String there = agents.isEmpty() ? "it declares no agent" : "agents there: " + String.join(", ", agents);
        findings.mistake(
                place,
                "",
                "no agent " + request.agent() + " in this file (" + there + Nearest.hint(request.agent(), agents)
                        + ")");
    }
}
