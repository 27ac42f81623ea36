package org.millrace.relay.config;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What can be wrong with the lines of the files before any component is looked at: lines that belong to nobody, to another agent, or to
 * a component that is not listed; lists that are missing or ill-formed.
 */
final class AgentChecks {
    private final AgentLines agent;
    private final Map<String, AgentLines> agents;
    /** Keys that are there for others to refer to. */
    private final Set<String> variables;

    private final Findings findings;

    AgentChecks(AgentLines agent, Map<String, AgentLines> agents, Set<String> variables, Findings findings) {
        this.agent = agent;
        this.agents = agents;
        this.variables = variables;
        this.findings = findings;
    }

    /** The names of the agents that the files declare. */
    static Set<String> declaredAgents(Map<String, AgentLines> agents) {
        Set<String> declared = new TreeSet<>();
        agents.values().stream().filter(AgentLines::isDeclared).forEach(lines -> declared.add(lines.name()));
        return declared;
    }

    void run() {
        checkLists();
        agent.shapeless().stream().filter(this::isNoVariable).forEach(this::reportShapeless);
        for (Kind kind : Kind.values()) {
            checkListed(kind);
        }
        agents.values().stream().filter(other -> other != agent).forEach(this::checkOther);
    }

    private boolean isNoVariable(Property property) {
        return !variables.contains(property.key());
    }

    private void checkLists() {
        for (Kind kind : Kind.values()) {
            Property list = agent.list(kind);
            if (list != null) {
                checkNames(list, kind.noun(), findings);
            }
        }
        Place place = agent.all().get(0).place();
        if (agent.list(Kind.CHANNEL) == null) {
            findings.mistake(
                    place, agent.name() + ".channels", "missing (expected: the names of the agent's channels)");
        }
        if (agent.list(Kind.SOURCE) == null && agent.list(Kind.SINK) == null) {
            findings.mistake(
                    place,
                    agent.name() + ".sources",
                    "missing, and so is " + agent.name() + ".sinks (expected: at least one source or sink)");
        }
    }

    /** Reports what is wrong with a list of names. */
    static void checkNames(Property list, String noun, Findings findings) {
        if (list.value().isEmpty()) {
            findings.mistake(list.place(), list.key(), "empty (expected: at least one " + noun + ")");
        } else if (list.value().contains(",")) {
            findings.mistake(
                    list.place(), list.key(), list.value() + " (expected: names separated by blanks, not commas)");
        }
    }

    private void reportShapeless(Property line) {
        String key = line.key().substring(agent.name().length() + 1);
        String[] parts = key.split("\\.", 3);
        if (Kind.ofListKey(parts[0]).isPresent()) {
            String shape = agent.name() + "." + parts[0] + ".NAME.KEY";
            findings.mistake(line.place(), line.key(), "a component without a key (expected: " + shape + ")");
            return;
        }
        String rest = key.substring(parts[0].length());
        String hint = Nearest.to(parts[0], Kind.listKeys())
                .map(right -> "; did you mean " + agent.name() + "." + right + rest + "?")
                .orElse("");
        findings.mistake(
                line.place(),
                line.key(),
                "not a part of an agent (expected: one of " + String.join(", ", Kind.listKeys()) + " after "
                        + agent.name() + hint + ")");
    }

    private void checkListed(Kind kind) {
        Set<String> declared = agent.declared(kind);
        agent.configured(kind).forEach((name, component) -> {
            if (!declared.contains(name)) {
                Property first = component.lines().values().iterator().next();
                String list = agent.name() + "." + kind.listKey();
                String listed =
                        declared.isEmpty() ? "there is no such list" : "expected: one of " + String.join(" ", declared);
                findings.mistake(
                        first.place(),
                        first.key(),
                        kind.noun() + " " + name + " is not in " + list + " (" + listed + Nearest.hint(name, declared)
                                + ")");
            }
        });
    }

    private void checkOther(AgentLines other) {
        if (!other.isDeclared()) {
            other.all().stream().filter(this::isNoVariable).forEach(line -> reportNobodys(other, line));
            return;
        }
        for (Kind kind : Kind.values()) {
            other.configured(kind).forEach((name, component) -> {
                if (!other.declared(kind).contains(name) && agent.declared(kind).contains(name)) {
                    component.lines().values().forEach(line -> reportMisplaced(other, kind, name, line));
                }
            });
        }
    }

    private void reportMisplaced(AgentLines other, Kind kind, String name, Property line) {
        findings.mistake(
                line.place(),
                line.key(),
                "agent " + other.name() + " has no " + kind.noun() + " " + name + ", but " + agent.name()
                        + " has (did you mean " + moved(line, other) + "?)");
    }

    private void reportNobodys(AgentLines other, Property line) {
        if (other.name().isEmpty()) {
            findings.mistake(
                    line.place(),
                    line.key(),
                    "belongs to no agent (expected: " + agent.name() + ".something, or a key that a value refers to)");
            return;
        }
        Set<String> declared = declaredAgents(agents);
        String meant = agentMeant(other, line);
        findings.mistake(
                line.place(),
                line.key(),
                "there is no agent " + other.name() + " in the files (expected: one of " + String.join(", ", declared)
                        + (meant.isEmpty() ? "" : "; did you mean " + meant + "?") + ")");
    }

    /** The same key under our agent, if it would be at home there, or under an agent of a similar name. */
    private String agentMeant(AgentLines other, Property line) {
        String[] parts = line.key().split("\\.", 4);
        boolean ours = parts.length == 4
                && Kind.ofListKey(parts[1])
                        .map(kind -> agent.declared(kind).contains(parts[2]))
                        .orElse(false);
        if (ours) {
            return moved(line, other);
        }
        return Nearest.to(other.name(), declaredAgents(agents))
                .map(name -> name + line.key().substring(other.name().length()))
                .orElse("");
    }

    private String moved(Property line, AgentLines from) {
        return agent.name() + line.key().substring(from.name().length());
    }
}
