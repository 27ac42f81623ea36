package org.millrace.relay.config;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.millrace.relay.config.Difference.Standing;

/** Compares what Flume makes of a configuration with what Millrace does. Nothing is started, nothing outside the files is touched. */
public final class Migration {
    private final List<Path> files;
    private final Environment environment;
    private final ComponentCatalog catalog;
    /** Nothing flows. */
    private final Routing routing =
            (interceptors, selector, channels, metrics) -> new Routing.Route(InletStandIn.INSTANCE, () -> {});

    private final List<Difference> differences = Differences.all();
    private final List<Remark> remarks = new ArrayList<>();

    private Migration(List<Path> files, Environment environment, ComponentCatalog catalog) {
        this.files = files;
        this.environment = environment;
        this.catalog = catalog;
    }

    /**
     * What came of it.
     *
     * @param agents those that were looked at; none: the files could not be read, or have no such agent
     * @param problems why there are none
     * @param remarks what there is to say about these, each once
     */
    public record Outcome(List<String> agents, List<String> problems, List<Remark> remarks) {}

    /**
     * Something to say about a place.
     *
     * @param message of a mistake or a note; empty for a difference that stands in the table
     * @param difference null if the table has nothing about it
     */
    public record Remark(
            Standing standing,
            @Nullable Place place,
            String key,
            String message,
            @Nullable Difference difference) {}

    /** @param agent null: all that the files declare */
    public static Outcome of(
            List<Path> files, @Nullable String agent, Environment environment, ComponentCatalog catalog) {
        return new Migration(files, environment, catalog).run(agent);
    }

    private Outcome run(@Nullable String only) {
        Findings findings = new Findings();
        Map<String, Property> raw = PropertyFiles.read(Configuration.Request.ofFiles("", files, false), findings)
                .properties();
        if (raw == null) {
            return failed(findings.mistakes().stream().map(Finding::toString).toList());
        }
        Map<String, AgentLines> agents = AgentLines.byAgent(raw.values());
        Set<String> declared = AgentChecks.declaredAgents(agents);
        if (only != null && !declared.contains(only)) {
            return failed(List.of("no agent " + only + " in these files (agents there: "
                    + (declared.isEmpty() ? "none" : String.join(", ", declared)) + ")"));
        }
        if (declared.isEmpty()) {
            return failed(List.of("these files declare no agent (expected: a line such as a.channels = c1)"));
        }
        List<String> checked = only == null ? List.copyOf(declared) : List.of(only);
        for (String agent : checked) {
            check(agent, agents);
        }
        return new Outcome(checked, List.of(), List.copyOf(remarks));
    }

    private static Outcome failed(List<String> problems) {
        return new Outcome(List.of(), problems, List.of());
    }

    private void check(String name, Map<String, AgentLines> agents) {
        Configuration configuration = Configuration.read(
                Configuration.Request.ofFiles(name, files, false),
                environment,
                catalog,
                routing,
                InstantSource.system());
        configuration.findings().mistakes().forEach(mistake -> add(Standing.CHANGE, mistake));
        configuration.findings().notes().forEach(note -> add(Standing.DIFFERS, note));
        AgentLines agent = agents.get(name);
        if (agent != null) {
            compare(agent);
        }
    }

    private void add(Standing standing, Finding finding) {
        Difference flume = standing == Standing.CHANGE ? flumesWay(finding) : null;
        add(new Remark(standing, finding.place(), finding.key(), finding.message(), flume));
    }

    private void add(Remark remark) {
        if (!remarks.contains(remark)) {
            remarks.add(remark);
        }
    }

    private @Nullable Difference flumesWay(Finding mistake) {
        return differences.stream()
                .filter(difference -> difference.isOf(mistake))
                .findFirst()
                .orElse(null);
    }

    private void compare(AgentLines agent) {
        List<Property> all = agent.all();
        compare("agent", values(all), all.get(0).place(), agent.name(), Map.of());
        for (Kind kind : Kind.values()) {
            Property list = agent.list(kind);
            Place place = list == null ? all.get(0).place() : list.place();
            for (String name : agent.declared(kind)) {
                ComponentLines lines = agent.component(kind, name);
                compare(lines, lines.place(place));
            }
        }
    }

    private void compare(ComponentLines component, Place place) {
        Map<String, Property> lines = component.lines();
        String typeKey = component.kind() == Kind.SINK_GROUP ? "processor.type" : "type";
        Property type = lines.get(typeKey);
        String kind = component.kind() == Kind.SINK_GROUP
                ? "sink processor"
                : component.kind().noun();
        String alias = type == null ? "" : catalog.aliasOf(kind, type.value());
        Map<String, String> values = values(lines.values(), component.prefix());
        compare(kind + " " + alias, values, place, component.prefix(), lines);
        compare(kind + " *", values, place, component.prefix(), lines);
        if (component.kind() == Kind.SOURCE) {
            compareParts(component, values, place);
        }
    }

    /** The selector of a source, and its interceptors. */
    private void compareParts(ComponentLines source, Map<String, String> values, Place place) {
        String selector = values.getOrDefault("selector.type", "replicating");
        compare("selector " + catalog.aliasOf("selector", selector), values, place, source.prefix(), source.lines());
        for (String name : AgentLines.words(values.getOrDefault("interceptors", ""))) {
            String prefix = "interceptors." + name + ".";
            Map<String, String> own = new LinkedHashMap<>();
            values.forEach((key, value) -> {
                if (key.startsWith(prefix)) {
                    own.put(key.substring(prefix.length()), value);
                }
            });
            Property type = source.lines().get(prefix + "type");
            if (type != null) {
                compare(
                        "interceptor " + catalog.aliasOf("interceptor", type.value()),
                        own,
                        type.place(),
                        source.prefix() + prefix,
                        Map.of());
            }
        }
    }

    private void compare(
            String where, Map<String, String> values, Place place, String owner, Map<String, Property> lines) {
        for (Difference difference : differences) {
            if (difference.standing() != Standing.MISTAKE
                    && difference.where().equals(where)
                    && difference.matters(values)) {
                Property line = difference.keys().stream()
                        .map(lines::get)
                        .filter(found -> found != null)
                        .findFirst()
                        .orElse(null);
                String key = line == null ? owner.replaceFirst("\\.$", "") : line.key();
                Remark mistake = mistakeAt(key);
                if (mistake == null) {
                    add(new Remark(difference.standing(), line == null ? place : line.place(), key, "", difference));
                } else if (difference.standing() == Standing.CHANGE) {
                    remarks.set(remarks.indexOf(mistake), explained(mistake, difference));
                }
            }
        }
    }

    /** A key that is a mistake needs no second remark: what the table has to say about it explains the mistake. */
    private @Nullable Remark mistakeAt(String key) {
        return remarks.stream()
                .filter(remark -> remark.difference() != null
                        && remark.difference().standing() == Standing.MISTAKE
                        && remark.key().equals(key))
                .findFirst()
                .orElse(null);
    }

    private static Remark explained(Remark mistake, Difference difference) {
        return new Remark(mistake.standing(), mistake.place(), mistake.key(), mistake.message(), difference);
    }

    private static Map<String, String> values(Iterable<Property> lines) {
        return values(lines, "");
    }

    private static Map<String, String> values(Iterable<Property> lines, String prefix) {
        Map<String, String> values = new LinkedHashMap<>();
        lines.forEach(line -> values.put(line.key().substring(prefix.length()), line.value()));
        return values;
    }

    /** Counts the remarks of a standing. */
    public static long count(Outcome outcome, Standing standing) {
        List<Remark> all = new ArrayList<>(outcome.remarks());
        all.removeIf(remark -> remark.standing() != standing);
        return all.size();
    }
}
