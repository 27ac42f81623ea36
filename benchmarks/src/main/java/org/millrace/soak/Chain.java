package org.millrace.soak;

import java.io.IOException;
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

/** Load → agent → receiver: the agent may come and go, the other two stay. One thread. */
final class Chain implements AutoCloseable {
    /** As the launcher's, with a heap that shows whether memory is bounded. */
    private static final List<String> FLAGS =
            List.of("-Xms16m", "-Xmx512m", "-XX:+UseParallelGC", "-Dio.netty.leakDetection.level=disabled");

    private static final Pattern CHANNEL_SIZE = Pattern.compile("\"ChannelSize\"\\s*:\\s*\"(\\d+)\"");
    private static final long LOOK_MILLIS = 10;
    private static final Duration STUCK = Duration.ofSeconds(60);
    private static final int CALM_LOOKS = 20;

    private final Kind kind;
    private final Path dir;
    private final RestartClock clock = new RestartClock();
    private final Load load;
    private AgentFile file;
    private @Nullable ReceiverProcess receiver;
    private @Nullable AgentProcess agent;

    /** The load begins at once, and waits for the agent. */
    Chain(Kind kind, Path dir, AgentFile file, LoadPlan plan) {
        this.kind = kind;
        this.dir = dir;
        this.file = file;
        this.load = Load.start(plan, new RelayAddress("127.0.0.1", file.sourcePort()), clock);
    }

    Load load() {
        return load;
    }

    RestartClock clock() {
        return clock;
    }

    /** The file of the agents that are launched from now on. */
    void use(AgentFile next) {
        file = next;
    }

    void startReceiver() {
        receiver = ReceiverProcess.start(dir, file.sinkPort());
    }

    Received received() {
        return receiver == null ? new Received(0, 0, 0) : receiver.count();
    }

    /** Returns at once: the agent is starting. */
    void launch() {
        agent = AgentProcess.launch(kind, "agent", dir, FLAGS, file.text(), file.sourcePort());
    }

    AgentProcess agent() {
        if (agent == null) {
            throw new IllegalStateException("no agent was launched");
        }
        return agent;
    }

    void strike(Blow blow) throws IOException, InterruptedException {
        blow.strike(agent().process());
        blow.mend();
        clock.struck();
    }

    /** Waits until the agent that was launched last has acked a batch. */
    void awaitBack() throws InterruptedException {
        await("the agent to ack a batch", clock::isBack);
    }

    /** Lets time pass. */
    void pass(Duration time) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - end < 0) {
            look();
        }
    }

    /** Waits until a claim is true, as long as something moves: events acked, refused or arriving. */
    void await(String what, BooleanSupplier claim) throws InterruptedException {
        long moved = -1;
        long deadline = 0;
        while (!claim.getAsBoolean()) {
            Received received = look();
            long now = load.ledger().ackedEvents() + load.ledger().refusals() + received.events();
            if (now != moved) {
                moved = now;
                deadline = System.nanoTime() + STUCK.toNanos();
            } else if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("waited " + STUCK.toSeconds() + " s in vain for " + what);
            }
        }
    }

    /** Stops the load, lets everything arrive, stops the agent, and judges. */
    Verdict drain() throws IOException, InterruptedException {
        load.stop();
        CalmWatch calm = new CalmWatch();
        await("the channel to be empty", calm);
        agent().process().terminate();
        int exitCode = agent().process().awaitExit();
        if (exitCode != 0 && kind != Kind.FLUME) { // Flume's ends as if it had been killed
            throw new IllegalStateException("the agent ended with exit code " + exitCode + " when it was told to stop");
        }
        if (receiver == null) {
            throw new IllegalStateException("no receiver was started");
        }
        return new Verdict(load.ledger(), receiver.numbers(), receiver.count());
    }

    /** Events in the channel, as the agent's metrics tell; negative while they do not answer: an agent serves them last of all it starts. */
    private long channelSize() {
        try {
            Matcher size = CHANNEL_SIZE.matcher(agent().metrics());
            if (!size.find()) {
                throw new IllegalStateException("no ChannelSize in the agent's metrics");
            }
            return Long.parseLong(size.group(1));
        } catch (IOException notYet) {
            return -1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private Received look() throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        if (agent != null && !agent.process().isAlive()) {
            throw new IllegalStateException("the agent ended by itself; its log is " + dir.resolve("agent.log"));
        }
        Received received = received();
        load.arrived(received.numbers());
        return received;
    }

    /** True once the channel is empty and nothing has arrived for a while: what sinks have on their way is in neither. */
    private final class CalmWatch implements BooleanSupplier {
        private long before = -1;
        private int looks;

        @Override
        public boolean getAsBoolean() {
            long events = received().events();
            looks = events == before && channelSize() == 0 ? looks + 1 : 0;
            before = events;
            return looks >= CALM_LOOKS;
        }
    }

    @Override
    public void close() {
        load.close();
        if (agent != null) {
            agent.close();
        }
        if (receiver != null) {
            receiver.close();
        }
    }
}
