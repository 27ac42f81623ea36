package org.millrace.embedded;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Turns the keys of an embedded agent into those of an agent with one source, one channel and one group, and messages back. */
final class EmbeddedProperties {
    static final String SOURCE = "source";
    private static final String CHANNEL = "channel";
    private static final String PROCESSOR = "processor";
    private static final Set<String> RESERVED = Set.of(SOURCE, CHANNEL, PROCESSOR);
    private static final Map<String, Set<String>> TYPES = Map.of(
            SOURCE,
            Set.of("embedded", "org.apache.flume.agent.embedded.embeddedsource"),
            CHANNEL,
            Set.of(
                    "memory",
                    "file",
                    "org.apache.flume.channel.memorychannel",
                    "org.apache.flume.channel.file.filechannel"),
            "sink",
            Set.of("avro", "org.apache.flume.sink.avrosink"),
            PROCESSOR,
            Set.of(
                    "default",
                    "failover",
                    "load_balance",
                    "org.apache.flume.sink.defaultsinkprocessor",
                    "org.apache.flume.sink.failoversinkprocessor",
                    "org.apache.flume.sink.loadbalancingsinkprocessor"));

    private final String agent;
    private final Map<String, String> given;
    private final Map<String, String> lines = new LinkedHashMap<>();
    private final List<String> mistakes = new ArrayList<>();

    EmbeddedProperties(String agent, Map<String, String> given) {
        this.agent = agent;
        this.given = given;
        translate();
    }

    private void translate() {
        List<String> sinks = sinks();
        lines.put(agent + ".sources", SOURCE);
        lines.put(agent + ".channels", CHANNEL);
        lines.put(agent + ".sinks", String.join(" ", sinks));
        lines.put(agent + ".sinkgroups", "group");
        lines.put(agent + ".sinkgroups.group.sinks", String.join(" ", sinks));
        lines.put(agent + ".sources.source.type", "embedded");
        lines.put(agent + ".sources.source.channels", CHANNEL);
        sinks.forEach(sink -> lines.put(agent + ".sinks." + sink + ".channel", CHANNEL));
        for (Map.Entry<String, String> property : given.entrySet()) {
            add(property.getKey().trim(), property.getValue().trim(), sinks);
        }
        require("channel.type", "memory or file");
        require("processor.type", "default, failover or load_balance");
        sinks.forEach(sink -> require(sink + ".type", "avro"));
    }

    private List<String> sinks() {
        String list = given.getOrDefault("sinks", "").trim();
        if (list.isEmpty()) {
            mistakes.add("sinks: missing (expected: names of sinks, separated by blanks)");
            return List.of();
        }
        List<String> sinks = new ArrayList<>();
        for (String sink : list.split("\\s+")) {
            if (RESERVED.contains(sink) || sink.contains(".") || sink.contains(",") || sinks.contains(sink)) {
                mistakes.add("sinks: " + sink
                        + " (expected: names separated by blanks, each once, without dots, and none of "
                        + "source, channel, processor)");
            } else {
                sinks.add(sink);
            }
        }
        return sinks;
    }

    private void require(String key, String expected) {
        if (given.getOrDefault(key, "").isBlank()) {
            mistakes.add(key + ": missing (expected: " + expected + ")");
        }
    }

    private void add(String key, String value, List<String> sinks) {
        int dot = key.indexOf('.');
        String part = dot < 0 ? key : key.substring(0, dot);
        String rest = dot < 0 ? "" : key.substring(dot + 1);
        if (key.equals("sinks")) {
            return;
        }
        if (rest.isEmpty() || !(RESERVED.contains(part) || sinks.contains(part))) {
            mistakes.add(key + ": unknown key (expected: sinks, or a key that starts with source., channel., processor."
                    + (sinks.isEmpty() ? ")" : ", " + String.join("., ", sinks) + ".)"));
        } else if (rest.equals("type") && !permitted(part).contains(value.toLowerCase(Locale.ROOT))) {
            mistakes.add(
                    key + ": " + value + " (expected: " + expectedType(part) + "; an embedded agent has no others)");
        } else if (isOurs(part, rest)) {
            mistakes.add(key + ": unknown key (expected: no such key, as an embedded agent has one channel)");
        } else {
            lines.put(lineKey(part, rest), value);
        }
    }

    private static boolean isOurs(String part, String rest) {
        return part.equals(SOURCE)
                ? rest.equals("channels") || rest.startsWith("selector.")
                : !RESERVED.contains(part) && (rest.equals("channel") || rest.equals("reader"));
    }

    private static Set<String> permitted(String part) {
        return TYPES.getOrDefault(RESERVED.contains(part) ? part : "sink", Set.of());
    }

    private static String expectedType(String part) {
        return switch (part) {
            case SOURCE -> "embedded";
            case CHANNEL -> "memory or file";
            case PROCESSOR -> "default, failover or load_balance";
            default -> "avro";
        };
    }

    private String lineKey(String part, String rest) {
        return switch (part) {
            case SOURCE -> agent + ".sources.source." + rest;
            case CHANNEL -> agent + ".channels.channel." + rest;
            case PROCESSOR -> agent + ".sinkgroups.group.processor." + rest;
            default -> agent + ".sinks." + part + "." + rest;
        };
    }

    /** As an agent's own file would have them. */
    Map<String, String> lines() {
        return lines;
    }

    /** What is wrong before any component is looked at. */
    List<String> mistakes() {
        return mistakes;
    }

    /** A message about the lines, in the keys that the application gave. */
    String inGivenKeys(String message) {
        return message.replace(agent + ".sources.source.", "source.")
                .replace(agent + ".channels.channel.", "channel.")
                .replace(agent + ".sinkgroups.group.", "")
                .replace(agent + ".sinks.", "")
                .replace(agent + ".sinks", "sinks");
    }
}
