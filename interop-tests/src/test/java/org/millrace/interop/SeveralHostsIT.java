package org.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.client.AppendException;
import org.millrace.client.ClientProperties;
import org.millrace.client.Event;
import org.millrace.client.RelayClient;
import org.millrace.testkit.process.AgentProcess.Kind;

/**
 * Clients with several hosts, Flume's and ours, with the files of {@code conf/client}, while now one and now the other of two agents is
 * down. A client may fail a batch, and then it is sent again; what it said is stored must arrive.
 */
class SeveralHostsIT {
    private static final int BATCHES = 20;
    private static final int BATCH = 250;
    private static final int BODY_BYTES = 200;

    @TempDir
    private Path dir;

    private int sentBatches;

    /** Sends a batch of numbered events; tells how many of the first ones are stored. */
    private interface Sender {
        int send(int events, int firstSeq) throws InterruptedException;
    }

    /** What happens to the agents. */
    private interface Mishap {
        void strike() throws Exception;
    }

    @Test
    void flumesClientSendsToOurAgentsWhileOneIsKilled() throws Exception {
        try (RecordingServer recorder = RecordingServer.ofKilledPeers(NumberedEvents::check);
                AgentPair agents = new AgentPair(Kind.MILLRACE, dir, recorder.port());
                FlumeSdk client = new FlumeSdk(dir)) {
            for (String name : List.of("failover", "loadbalance")) {
                client.use(agents.clientFile(name));
                sendWhileAgentsAreKilled(agents, (events, seq) -> client.batch(events, BODY_BYTES, seq) ? events : 0);
            }
            assertAllArrive(recorder);
        }
    }

    @Test
    void ourClientSendsToOurAgentsWhileOneIsKilled() throws Exception {
        try (RecordingServer recorder = RecordingServer.ofKilledPeers(NumberedEvents::check);
                AgentPair agents = new AgentPair(Kind.MILLRACE, dir, recorder.port())) {
            try (RelayClient client = open(agents.clientFile("default"))) {
                sendWhile((events, seq) -> send(client, events, seq), () -> {
                    agents.kill(0);
                    agents.startAgain(0);
                });
            }
            for (String name : List.of("failover", "loadbalance")) {
                try (RelayClient client = open(agents.clientFile(name))) {
                    sendWhileAgentsAreKilled(agents, (events, seq) -> send(client, events, seq));
                }
            }
            assertAllArrive(recorder);
        }
    }

    @Test
    void ourClientSendsToFlumesAgentsWhileOneIsDown() throws Exception {
        try (RecordingServer recorder = new RecordingServer(NumberedEvents::check);
                AgentPair agents = new AgentPair(Kind.FLUME, dir, recorder.port());
                RelayClient one = open(agents.clientFile("default"));
                RelayClient failover = open(agents.clientFile("failover"));
                RelayClient balance = open(agents.clientFile("loadbalance"))) {
            sendWhile((events, seq) -> send(one, events, seq), () -> {});
            sendWhile((events, seq) -> send(failover, events, seq), () -> {
                assertAllArrive(recorder); // its memory channel keeps nothing over a stop
                agents.stop(0);
            });
            sendWhile((events, seq) -> send(balance, events, seq), () -> agents.startAgain(0));
            sendWhile((events, seq) -> send(one, events, seq), () -> {});
            assertAllArrive(recorder);
        }
    }

    private void sendWhileAgentsAreKilled(AgentPair agents, Sender sender) throws Exception {
        sendWhile(sender, () -> agents.kill(0));
        sendWhile(sender, () -> {
            agents.startAgain(0);
            agents.kill(1);
        });
        sendWhile(sender, () -> agents.startAgain(1));
    }

    /** Sends half of some batches, lets it happen, sends the other half. */
    private void sendWhile(Sender sender, Mishap mishap) throws Exception {
        for (int i = 0; i < BATCHES; i++) {
            if (i == BATCHES / 2) {
                mishap.strike();
            }
            sendUntilStored(sender, sentBatches * BATCH);
            sentBatches++;
        }
    }

    /** As an application would: what is not acknowledged is sent again. */
    private static void sendUntilStored(Sender sender, int firstSeq) {
        int[] stored = {0};
        await().pollDelay(Duration.ZERO).until(() -> {
            stored[0] += sender.send(BATCH - stored[0], firstSeq + stored[0]);
            return stored[0] == BATCH;
        });
    }

    private static int send(RelayClient client, int events, int firstSeq) throws InterruptedException {
        List<Event> batch = new ArrayList<>(events);
        for (int seq = firstSeq; seq < firstSeq + events; seq++) {
            batch.add(Event.of(NumberedEvents.headers(seq), NumberedEvents.body(seq, BODY_BYTES)));
        }
        try {
            client.appendBatch(batch);
            return events;
        } catch (AppendException e) {
            return e.acknowledgedEvents();
        }
    }

    private static RelayClient open(Path file) throws IOException {
        Properties properties = new Properties();
        try (var in = Files.newInputStream(file)) {
            properties.load(in);
        }
        return RelayClient.open(ClientProperties.read(properties).settings());
    }

    private void assertAllArrive(RecordingServer recorder) {
        int sent = sentBatches * BATCH;
        await().until(() -> recorder.numbers() >= sent || recorder.firstFault() != null);
        assertThat(recorder.firstFault()).isNull();
        assertThat(recorder.hasAll(0, sent)).isTrue();
    }
}
