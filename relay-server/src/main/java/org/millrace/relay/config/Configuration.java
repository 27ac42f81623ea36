package org.millrace.relay.config;

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
 * @param texts what was read, of each source that could be
 * @param recipe makes the parts again; null if there is no such agent
 */
public record Configuration(
        Findings findings,
        @Nullable Assembly assembly,
        List<Text> texts,
        @Nullable Recipe recipe) {
    /**
     * What to read.
     *
     * @param agent the agent's name
     * @param sources merged in this order: the later one's values win
     * @param lenient whether to go on without what has a mistake, as Flume would
     * @param backup read where a source cannot be; null if there is none
     */
    public record Request(
            String agent,
            List<TextSource> sources,
            boolean lenient,
            @Nullable Backup backup) {
        public Request {
            sources = List.copyOf(sources);
        }

        /** Of files alone. */
        public static Request ofFiles(String agent, List<Path> files, boolean lenient) {
            return new Request(agent, files.stream().map(TextSource::ofFile).toList(), lenient, null);
        }

        /** The same with texts that were read already. */
        public Request withTexts(List<Text> texts) {
            List<TextSource> read = texts.stream()
                    .map(text -> TextSource.ofBytes(text.name(), text.bytes()))
                    .toList();
            return new Request(agent, read, lenient, null);
        }

        /** The sources as an operator knows them. */
        public String names() {
            return String.join(", ", sources.stream().map(TextSource::name).toList());
        }
    }

    /** Reads the files, finds all mistakes, and makes the agent's parts if there are none, or if some are left when lenient. */
    public static Configuration read(
            Request request, Environment environment, ComponentCatalog catalog, Routing routing, InstantSource clock) {
        return read(request, environment, catalog, routing, clock, null);
    }

    /**
     * As {@link #read(Request, Environment, ComponentCatalog, Routing, InstantSource)}, for an agent that runs: those of its parts about
     * which nothing has changed are in the assembly as they are.
     */
    public static Configuration read(
            Request request,
            Environment environment,
            ComponentCatalog catalog,
            Routing routing,
            InstantSource clock,
            @Nullable Assembly running) {
        Findings findings = new Findings();
        environment.check(findings);
        catalog.report(findings);
        PropertyFiles files = PropertyFiles.read(request, findings);
        AgentLines agent = agentLines(request, files.properties(), environment, catalog, findings);
        if (agent == null) {
            return new Configuration(findings, null, files.texts(), null);
        }
        Recipe recipe = new Recipe(agent, catalog, routing, clock, request.lenient());
        Assembly assembly = recipe.assemble(findings, running);
        if (assembly.sources().isEmpty() && assembly.sinks().isEmpty()) {
            findings.dropped(null, agent.name(), "nothing is left of this agent that could start");
            return new Configuration(findings, null, files.texts(), recipe);
        }
        boolean refused = findings.hasMistakes() && !request.lenient();
        return made(findings, assembly, refused, files.texts(), recipe, running);
    }

    private static Configuration made(
            Findings findings,
            Assembly assembly,
            boolean refused,
            List<Text> texts,
            Recipe recipe,
            @Nullable Assembly running) {
        if (refused) {
            assembly.closeRoutesBut(running);
        }
        return new Configuration(findings, refused ? null : assembly, texts, recipe);
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
            return new Configuration(findings, null, List.of(), null);
        }
        new AgentChecks(own, agents, Set.of(), findings).run();
        Recipe recipe = new Recipe(own, catalog, routing, clock, false);
        return made(findings, recipe.assemble(findings, null), findings.hasMistakes(), List.of(), recipe, null);
    }

    /**
     * The settings of a channel as they stand in the files, by key without its prefix: for who looks into its directories. They are not
     * checked.
     *
     * @throws IllegalArgumentException if the files cannot be read, or there is no such agent or channel; the message tells what there is
     */
    public static Map<String, String> channelSettings(Request request, Environment environment, String channel) {
        Findings findings = new Findings();
        Map<String, Property> raw = PropertyFiles.read(request, findings).properties();
        AgentLines agent = agentLines(request, raw, environment, ComponentCatalog.ofClassPath(), findings);
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

    private static @Nullable AgentLines agentLines(
            Request request,
            @Nullable Map<String, Property> raw,
            Environment environment,
            ComponentCatalog catalog,
            Findings findings) {
        if (raw == null) {
            return null;
        }
        if (request.lenient()) {
            raw.values().removeIf(property -> property.value().isEmpty()); // as Flume
        }
        Substitution substitution = new Substitution(raw, environment, findings);
        AgentLines unresolved = AgentLines.byAgent(raw.values()).get(request.agent());
        if (unresolved != null) {
            ConfigFilters filters =
                    new ConfigFilters(unresolved, catalog, environment, findings, substitution::resolved);
            substitution.askFilters(filters);
            filters.checkAll();
        }
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
        String there = agents.isEmpty() ? "it declares no agent" : "agents there: " + String.join(", ", agents);
        findings.mistake(
                new Place(request.names(), 0),
                "",
                "no agent " + request.agent() + " in this file (" + there + Nearest.hint(request.agent(), agents)
                        + ")");
    }
}
