package org.millrace.relay.config;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The kinds of component that an agent lists. */
enum Kind {
    SOURCE("sources", "source"),
    CHANNEL("channels", "channel"),
    SINK("sinks", "sink"),
    SINK_GROUP("sinkgroups", "sink group"),
    CONFIG_FILTER("configfilters", "config filter");

    private final String listKey;
    private final String noun;

    Kind(String listKey, String noun) {
        this.listKey = listKey;
        this.noun = noun;
    }

    /** The key of the list of an agent's components, without the agent, and the first part of their own keys. */
    String listKey() {
        return listKey;
    }

    String noun() {
        return noun;
    }

    static Optional<Kind> ofListKey(String key) {
        return Arrays.stream(values()).filter(kind -> kind.listKey.equals(key)).findFirst();
    }

    static List<String> listKeys() {
        return Arrays.stream(values()).map(Kind::listKey).toList();
    }
}
