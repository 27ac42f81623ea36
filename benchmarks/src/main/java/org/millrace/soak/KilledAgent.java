package org.millrace.soak;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.millrace.testkit.process.AgentProcess;
import org.millrace.testkit.process.AgentProcess.Kind;

/** One of several agents; it is killed, and started again with the same file. One thread. */
final class KilledAgent implements AutoCloseable {
    private static final List<String> FLAGS =
            List.of("-Xms16m", "-Xmx256m", "-XX:+UseParallelGC", "-Dio.netty.leakDetection.level=disabled");

    private static final Pattern CHANNEL_SIZE = Pattern.compile("\"ChannelSize\"\\s*:\\s*\"(\\d+)\"");
    private static final Pattern UNFINISHED = Pattern.compile("unfinishedFiles\"\\s*:\\s*\"?(\\d+)");
    private static final Pattern COPIES = Pattern.compile("\"duplicateEvents\"\\s*:\\s*\"?(\\d+)");
    private static final Pattern ACCEPTED = Pattern.compile("\"EventAcceptedCount\"\\s*:\\s*\"(\\d+)\"");

    private final String name;
    private final Path dir;
    private final String file;
    private final int port;
    private @Nullable AgentProcess agent;
    private int kills;
    /** Of those that were killed. */
    private long copiesDroppedBefore;

    /** @param port that its source listens on */
    KilledAgent(String name, Path dir, String file, int port) {
        this.name = name;
        this.dir = dir;
        this.file = file;
        this.port = port;
    }

    int port() {
        return port;
    }

    int kills() {
        return kills;
    }

    /** Returns at once: it is starting. */
    void launch() {
        agent = AgentProcess.launch(Kind.MILLRACE, name, dir, FLAGS, file, port);
    }

    void awaitOpen() {
        agent().awaitOpen();
    }

    /** Events that were sent again although it had them, and that its channel has dropped; since the first start, as far as was seen. */
    long copiesDropped() throws InterruptedException {
        return copiesDroppedBefore + Math.max(0, figure(COPIES));
    }

    /** SIGKILL, and a new start. */
    void kill() throws InterruptedException {
        copiesDroppedBefore = copiesDropped();
        agent().process().kill();
        kills++;
        launch();
    }

    /** Events that its source has taken since its start. */
    long acceptedEvents() throws InterruptedException {
        return Math.max(0, figure(ACCEPTED));
    }

    /** True if nothing is left in its channel, so that the next hop has it all, and no file of before a kill waits to be finished. */
    boolean isEmpty() throws InterruptedException {
        return figure(CHANNEL_SIZE) == 0 && figure(UNFINISHED) == 0;
    }

    /** The sum of a figure of all components, 0 if none has it; negative while the agent does not answer. */
    private long figure(Pattern pattern) throws InterruptedException {
        try {
            long sum = 0;
            for (Matcher found = pattern.matcher(agent().metrics()); found.find(); ) {
                sum += Long.parseLong(found.group(1));
            }
            return sum;
        } catch (IOException notYet) {
            return -1;
        }
    }

    /** SIGTERM; it finishes its files. */
    void stop() throws InterruptedException {
        agent().process().terminate();
        int exitCode = agent().process().awaitExit();
        if (exitCode != 0) {
            throw new IllegalStateException(
                    name + " ended with exit code " + exitCode + " when it was told to stop; its log is in " + dir);
        }
    }

    private AgentProcess agent() {
        if (agent == null) {
            throw new IllegalStateException(name + " was not launched");
        }
        return agent;
    }

    @Override
    public void close() {
        if (agent != null) {
            agent.close();
        }
    }
}
