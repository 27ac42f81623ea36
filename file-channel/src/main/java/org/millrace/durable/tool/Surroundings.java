package org.millrace.durable.tool;

import java.io.BufferedReader;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/**
 * What a command has around it.
 *
 * @param in answers to questions
 * @param out results
 * @param err everything else
 * @param isTerminal whether somebody looks at {@code err}
 * @param configurations finds channels in agents' configurations
 * @param pause waits
 */
public record Surroundings(
        BufferedReader in,
        PrintWriter out,
        PrintWriter err,
        boolean isTerminal,
        InstantSource clock,
        Configurations configurations,
        Pause pause) {
    /** Finds a channel in an agent's configuration. */
    @FunctionalInterface
    public interface Configurations {
        /**
         * The settings of a channel, by key without its prefix.
         *
         * @throws IllegalArgumentException if the files cannot be read, or there is no such channel; the message says which there are
         */
        Map<String, String> channel(List<Path> files, String agent, String channel);
    }

    /** Waits; {@code Thread::sleep} as a rule. */
    @FunctionalInterface
    public interface Pause {
        void take(Duration time) throws InterruptedException;
    }
}
