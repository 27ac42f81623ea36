package org.millrace.soak;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.millrace.client.RelayAddress;
import org.millrace.testkit.process.AgentProcess;
import org.millrace.testkit.process.AgentProcess.Kind;
import org.millrace.testkit.process.FreePorts;

/** Load → agent → HDFS: the agent may come and go. One thread. */
final class HdfsAgent implements AutoCloseable {
    /** Whom HDFS takes the agent for: not its superuser, so that permissions and quotas count. */
    static final String USER = "relay";

    private static final List<String> FLAGS = List.of(
            "-Xms32m",
            "-Xmx512m",
            "-XX:+UseParallelGC",
            "-DHADOOP_USER_NAME=" + USER,
            "-Dio.netty.leakDetection.level=disabled");

    private static final Pattern CHANNEL_SIZE = Pattern.compile("\"ChannelSize\"\\s*:\\s*\"(\\d+)\"");
    /** Of the events in the channel, those that a sink has taken and not committed among them, which Flume's {@code ChannelSize} leaves out. */
    private static final Pattern BODY_BYTES = Pattern.compile("\"bodyBytes\"\\s*:\\s*\"?(\\d+)");

    private static final Pattern OPEN = Pattern.compile("\"openFiles\"\\s*:\\s*\"?(\\d+)");
    private static final Pattern HELD = Pattern.compile("\"heldEvents\"\\s*:\\s*\"?(\\d+)");
    private static final Pattern UNFINISHED = Pattern.compile("unfinishedFiles\"\\s*:\\s*\"?(\\d+)");
    private static final long CAPACITY = 1_000_000;
    private static final long RESERVE_BYTES = 1 << 20;
    private static final long LOOK_MILLIS = 50;
    private static final Duration STUCK = Duration.ofMinutes(2);

    private static final Pattern RELOADED = Pattern.compile("agent a reloaded in ");

    private final Path dir;
    /** The agent's file, and what it changes to. */
    private final List<String> files;

    private final int port;
    private final RestartClock clock = new RestartClock();
    private final Load load;
    private @Nullable AgentProcess agent;
    private int kills;
    private int reloads;

    /**
     * The load begins at once, and waits for the agent.
     *
     * @param target the directory that its sinks write to
     * @param formats of its sinks
     * @param keepsEvents whether its channel outlives it
     */
    HdfsAgent(Path dir, URI target, List<SoakFormat> formats, boolean keepsEvents, LoadPlan plan) {
        this.dir = dir;
        this.port = FreePorts.next();
        this.files = List.of(
                text(dir, target, formats, keepsEvents, port, "k", 4),
                text(dir, target, formats, keepsEvents, port, "other-k", 3));
        this.load = Load.start(plan, new RelayAddress("127.0.0.1", port), clock);
    }

    private static String text(
            Path dir,
            URI target,
            List<SoakFormat> formats,
            boolean keepsEvents,
            int port,
            String place,
            int rollSeconds) {
        StringBuilder text = new StringBuilder("""
            a.sources = r
            a.channels = c
            a.sources.r.type = avro
            a.sources.r.channels = c
            a.sources.r.bind = 127.0.0.1
            a.sources.r.port = %d
            """.formatted(port));
        text.append(
                keepsEvents
                        ? ChannelLines.file(dir.resolve("channel"), 1, "always", 4 << 20, RESERVE_BYTES, CAPACITY)
                        : ChannelLines.memory(CAPACITY));
        StringBuilder names = new StringBuilder();
        for (int i = 1; i <= formats.size(); i++) {
            SoakFormat format = formats.get(i - 1);
            String sink = "a.sinks.k" + i + ".";
            names.append(" k").append(i);
            text.append(sink).append("type = hdfs\n").append(sink).append("channel = c\n");
            text.append("""
                %1$shdfs.path = %2$s/%4$s/%6$s%3$d
                %1$shdfs.filePrefix = %%S
                %1$shdfs.useLocalTimeStamp = true
                %1$shdfs.batchSize = 1000
                %1$shdfs.rollInterval = %7$d
                %1$shdfs.rollSize = 1500000
                %1$shdfs.rollCount = 0
                %1$shdfs.idleTimeout = 3
                %1$shdfs.maxOpenFiles = 3
                %1$shdfs.retryInterval = 2
                %1$shdfs.callTimeout = 10000
                %1$shdfs.configurationDirectory = %5$s/hadoop
                %1$shdfs.manifestDirectory = %5$s/manifests
                """.formatted(sink, target, i, format.place(), dir, place, rollSeconds));
            format.lines().forEach(line -> text.append(sink).append(line).append('\n'));
        }
        return text + "a.sinks =" + names + "\n";
    }

    Load load() {
        return load;
    }

    RestartClock clock() {
        return clock;
    }

    int kills() {
        return kills;
    }

    /** Returns at once: the agent is starting. */
    void launch() {
        agent = AgentProcess.launch(Kind.MILLRACE, "agent", dir, FLAGS, file(), port);
    }

    private String file() {
        return files.get(reloads % files.size());
    }

    /** Changes the keys of all sinks, and waits until that is in effect. */
    void reload() throws InterruptedException {
        awaitBack(); // one that is starting may read either file
        long before = reloadsTold();
        reloads++;
        agent().changeTo(file());
        await("the agent to reload", () -> reloadsTold() > before);
    }

    private long reloadsTold() {
        return RELOADED.matcher(agent().process().log()).results().count();
    }

    /** SIGKILL, and a new start. */
    void kill() throws InterruptedException {
        agent().process().kill();
        kills++;
        clock.struck();
        launch();
    }

    private AgentProcess agent() {
        if (agent == null) {
            throw new IllegalStateException("no agent was launched");
        }
        return agent;
    }

    /** Lets time pass. */
    void pass(Duration time) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - end < 0) {
            look();
        }
    }

    void awaitBack() throws InterruptedException {
        await("the agent to ack a batch", clock::isBack);
    }

    private void await(String what, BooleanSupplier claim) throws InterruptedException {
        long deadline = System.nanoTime() + STUCK.toNanos();
        while (!claim.getAsBoolean()) {
            look();
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("waited " + STUCK.toSeconds() + " s in vain for " + what
                        + "; the agent's log is " + dir.resolve("agent.log"));
            }
        }
    }

    private void look() throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        if (!agent().process().isAlive()) {
            throw new IllegalStateException("the agent ended by itself; its log is " + dir.resolve("agent.log"));
        }
        load.arrived(Math.max(0, load.ledger().ackedEvents() - figure(CHANNEL_SIZE)));
    }

    /** The sum of a figure of all components that have it; very much as long as none has, or the agent does not answer. */
    private long figure(Pattern pattern) throws InterruptedException {
        try {
            long sum = 0;
            boolean isThere = false;
            for (Matcher found = pattern.matcher(agent().metrics()); found.find(); isThere = true) {
                sum += Long.parseLong(found.group(1));
            }
            return isThere ? sum : Long.MAX_VALUE >> 1;
        } catch (IOException notYet) {
            return Long.MAX_VALUE >> 1;
        }
    }

    /** Pauses the load, lets everything arrive and all files be closed for want of events, and finished. */
    void settle() throws InterruptedException {
        load.pause();
        await("each batch to be answered", load::isQuiet);
        awaitFiguresZero(
                "the channel to be empty, nothing to be held back, and all files to be closed and finished",
                BODY_BYTES,
                HELD,
                OPEN,
                UNFINISHED);
    }

    /** Waits for figures that are the sums of all components; they are looked at in this order, which is to be that of the events' path. */
    private void awaitFiguresZero(String what, Pattern... figures) throws InterruptedException {
        await(what, () -> {
            try {
                for (Pattern figure : figures) {
                    if (figure(figure) != 0) {
                        return false;
                    }
                }
                return true;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return true;
            }
        });
    }

    /** Stops the load, lets everything arrive and all files be finished, and stops the agent. */
    void drain() throws InterruptedException {
        load.stop();
        awaitFiguresZero("the channel to be empty, and all files to be finished", CHANNEL_SIZE, UNFINISHED);
        agent().process().terminate();
        int exitCode = agent().process().awaitExit();
        if (exitCode != 0) {
            throw new IllegalStateException("the agent ended with exit code " + exitCode + " when it was told to stop");
        }
    }

    @Override
    public void close() {
        load.close();
        if (agent != null) {
            agent.close();
        }
    }
}
