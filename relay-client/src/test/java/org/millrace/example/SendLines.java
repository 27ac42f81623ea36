package org.millrace.example;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import org.millrace.client.AppendException;
import org.millrace.client.ClientProperties;
import org.millrace.client.Event;
import org.millrace.client.RelayClient;

/** Sends the lines of a file to the relays that a properties file names: {@code SendLines client.properties access.log}. */
public final class SendLines {
    private static final int BATCH = 500;
    private static final int MOST_TRIES = 5;

    private SendLines() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        Properties file = new Properties();
        try (Reader in = Files.newBufferedReader(Path.of(args[0]))) {
            file.load(in);
        }
        ClientProperties client = ClientProperties.read(file); // or ClientSettings.builder("web01:4141").build()
        client.notes().forEach(System.err::println);

        List<String> lines = Files.readAllLines(Path.of(args[1]));
        try (RelayClient relay = RelayClient.open(client.settings())) {
            sendSafely(relay, events(lines.subList(0, Math.min(BATCH, lines.size()))));
            sendFast(relay, lines.subList(Math.min(BATCH, lines.size()), lines.size()));
        }
        System.out.println(lines.size() + " lines are stored");
    }

    /** One batch at a time: it is stored when this returns. */
    private static void sendSafely(RelayClient relay, List<Event> events) throws AppendException, InterruptedException {
        List<Event> left = events;
        for (int tries = 1; !left.isEmpty(); tries++) {
            try {
                relay.appendBatch(left);
                return;
            } catch (AppendException e) {
                if (tries == MOST_TRIES) {
                    throw e;
                }
                left = left.subList(
                        e.acknowledgedEvents(), left.size()); // the first ones are stored: send the rest again
            }
        }
    }

    /** Many batches at a time. This waits when too much is on its way, and in the end until all is stored. */
    private static void sendFast(RelayClient relay, List<String> lines) throws InterruptedException {
        List<CompletableFuture<Void>> batches = new ArrayList<>();
        for (int from = 0; from < lines.size(); from += BATCH) {
            List<String> next = lines.subList(from, Math.min(from + BATCH, lines.size()));
            batches.add(relay.appendAsync(events(next)));
        }
        CompletableFuture.allOf(batches.toArray(CompletableFuture[]::new)).join();
    }

    private static List<Event> events(List<String> lines) {
        return lines.stream()
                .map(line -> Event.ofText(Map.of("type", "access"), line))
                .toList();
    }
}
