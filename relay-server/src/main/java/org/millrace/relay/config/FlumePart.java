package org.millrace.relay.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.millrace.api.KeyDefinition;
import org.millrace.api.KeyDefinition.Standing;
import org.millrace.relay.config.FlumeTypes.FlumeType;
import org.millrace.relay.config.FlumeTypes.TypeKind;

/**
 * Something that Flume 1.11 has, and whether we have it.
 *
 * @param kind such as {@code source}
 * @param name what to write in a file, or on the command line
 * @param remark what is missing, or what there is instead; empty if there is nothing to say
 */
public record FlumePart(String kind, String name, State state, String remark) {
    /** Whether we have what Flume has. */
    public enum State {
        /** It is here. */
        HERE("yes"),
        /** It is here, but for something. */
        PARTLY("partly"),
        /** It will be. */
        NOT_YET("not yet"),
        /** It will not be. */
        NOT_PLANNED("no");

        private final String words;

        State(String words) {
            this.words = words;
        }
    }

    private static final String PLUG_IN = "not for a relay tier; a plug-in may bring it";

    /** What a component lacks beside keys that it refuses, by kind and name. */
    private static final Map<String, String> LACKS = Map.of(
            "sink hdfs", "classes of one's own in `hdfs.writeFormat`",
            "sink processor load_balance", "classes of one's own in `processor.selector`",
            "channel file", "key providers and ciphers of one's own");

    /** What stands around the components. */
    private static final List<FlumePart> AROUND = List.of(
            here("hdfs.writeFormat", "Writable"),
            here("hdfs.writeFormat", "Text"),
            here("encryption.keyProvider", "JCEKSFILE"),
            new FlumePart(
                    "encryption.cipherProvider",
                    "AESCTRNOPADDING",
                    State.HERE,
                    "by AES-256-GCM, which notices changes too"),
            here("processor.selector", "round_robin"),
            here("processor.selector", "random"),
            here("configuration from", "-f FILE"),
            here("configuration from", "-u file:"),
            here("configuration from", "-u classpath:"),
            here("configuration from", "-u http:"),
            here("configuration from", "-u https:"),
            here("configuration from", "-z SERVERS"),
            new FlumePart("configuration from", "-a CLASS, -prov CLASS", State.NOT_YET, ""),
            here("look-up", "env"),
            here("look-up", "sys"),
            here("look-up", "java"),
            here("look-up", "date"),
            here("look-up", "-DpropertiesImplementation=org.apache.flume.node.EnvVarResolverProperties"),
            new FlumePart("look-up", "-Dlookups=FILE, lookups.properties", State.NOT_YET, ""),
            here("monitoring", "JMX"),
            here("monitoring", "-Dflume.monitoring.type=http"),
            new FlumePart("monitoring", "-Dflume.monitoring.type=ganglia", State.NOT_YET, ""),
            new FlumePart("monitoring", "-Dflume.monitoring.type=CLASS", State.NOT_YET, ""),
            here("command", "agent"),
            here("command", "node"),
            here("command", "avro-client"),
            here("command", "version"),
            here("command", "help"),
            new FlumePart(
                    "command",
                    "tool",
                    State.NOT_PLANNED,
                    "it checks Flume's own files; for ours there is `millrace channel verify`"),
            here("client.type", "default"),
            here("client.type", "default_failover"),
            here("client.type", "default_loadbalance"),
            new FlumePart("client.type", "thrift", State.NOT_YET, ""),
            new FlumePart(
                    "appender", "Log4jAppender", State.NOT_PLANNED, "of Log4j 1: there are [others](appenders.md)"),
            new FlumePart("embedded agent", "EmbeddedAgent", State.HERE, "with [calls of its own](embedded.md)"));

    private static FlumePart here(String kind, String name) {
        return new FlumePart(kind, name, State.HERE, "");
    }

    /** For a table. */
    public String words() {
        return state.words + (remark.isEmpty() ? "" : ": " + remark);
    }

    /**
     * All that Flume 1.11 has, by kind.
     *
     * @param ours components and parts
     */
    public static List<FlumePart> all(List<ComponentReference> ours) {
        List<FlumePart> parts = new ArrayList<>();
        for (TypeKind kind : TypeKind.values()) {
            for (FlumeType type : FlumeTypes.of(kind)) {
                parts.add(of(kind.noun(), type, ours));
            }
        }
        parts.addAll(AROUND);
        return parts;
    }

    private static FlumePart of(String kind, FlumeType type, List<ComponentReference> ours) {
        return ours.stream()
                .filter(reference -> reference.kind().equals(kind))
                .filter(reference -> reference.typeNames().stream()
                        .anyMatch(
                                name -> name.equalsIgnoreCase(type.alias()) || name.equalsIgnoreCase(type.className())))
                .findFirst()
                .map(reference -> of(kind, type, reference))
                .orElseGet(() -> type.isPlanned()
                        ? new FlumePart(kind, type.name(), State.NOT_YET, "")
                        : new FlumePart(kind, type.name(), State.NOT_PLANNED, PLUG_IN));
    }

    private static FlumePart of(String kind, FlumeType type, ComponentReference reference) {
        List<String> missing = Stream.concat(
                        reference.keys().stream()
                                .filter(key -> key.standing() == Standing.UNSUPPORTED)
                                .map(KeyDefinition::key)
                                .map(key -> '`' + key + '`'),
                        Stream.of(LACKS.getOrDefault(kind + " " + type.name(), "")))
                .filter(text -> !text.isEmpty())
                .toList();
        return missing.isEmpty()
                ? here(kind, type.name())
                : new FlumePart(kind, type.name(), State.PARTLY, "without " + String.join(", ", missing));
    }
}
