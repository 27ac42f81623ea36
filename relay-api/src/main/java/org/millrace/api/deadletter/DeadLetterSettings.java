package org.millrace.api.deadletter;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.millrace.api.Settings;

/**
 * What the configuration says of a sink's dead letters.
 *
 * @param isConfigured whether it says anything
 * @param maxTries turns that an event which may heal is given
 * @param files where they go unless a channel is named
 * @param channel the name of the channel that they go to; null: to files
 */
record DeadLetterSettings(
        boolean isConfigured,
        int maxTries,
        LetterFileSettings files,
        @Nullable String channel) {
    static final String PREFIX = "deadLetter.";
    static final String CHANNEL = "channel";

    /** Where dead letters go. */
    private enum Type {
        FILE,
        CHANNEL
    }

    /**
     * @param sink all keys of the sink
     * @param home of the user, where Flume's default directories are too
     */
    static DeadLetterSettings read(String agent, Settings sink, Path home) {
        Settings keys = sink.under(PREFIX);
        boolean isConfigured = !keys.isEmpty();
        Type type = keys.oneOf("type", Type.class)
                .about("where dead letters go: to files, or to another channel of the agent")
                .orElse(Type.FILE);
        boolean isChannel = type == Type.CHANNEL;
        int maxTries = keys.integer("maxTries", 1, Integer.MAX_VALUE)
                .about("turns that an event gets whose failure may heal")
                .orElse(3);
        LetterFileSettings files =
                LetterFileSettings.read(agent, isConfigured, isChannel ? keys.elsewise() : keys, home);
        String channel = channel(isChannel ? keys : keys.elsewise());
        if (isChannel && channel.isEmpty()) {
            keys.problem(CHANNEL, "missing (expected: the name of another channel)");
        }
        refuse(keys, isChannel ? LetterFileSettings.KEYS : new String[] {CHANNEL}, type);
        return new DeadLetterSettings(isConfigured, maxTries, files, isChannel ? channel : null);
    }

    private static String channel(Settings keys) {
        String name = keys.string(CHANNEL)
                .about("where type = channel: the channel that dead letters go to; not the sink's own")
                .orNull();
        return name == null ? "" : name;
    }

    private static void refuse(Settings keys, String[] ofTheOtherType, Type type) {
        for (String key : ofTheOtherType) {
            if (keys.has(key)) {
                keys.define(key, "nothing", "");
                keys.problem(
                        key,
                        "has no meaning with " + PREFIX + "type = " + (type == Type.CHANNEL ? "channel" : "file")
                                + " (expected: no such key)");
            }
        }
    }
}
