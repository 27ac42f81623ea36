package org.millrace.flume;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.flume.Event;
import org.apache.flume.EventDeliveryException;
import org.apache.flume.FlumeException;
import org.apache.flume.agent.embedded.EmbeddedAgent;
import org.apache.flume.event.EventBuilder;

/**
 * Drives Flume's embedded agent by orders on standard input, one a line:
 *
 * <pre>run PROPERTIES_FILE SINGLE_EVENTS BATCH_EVENTS
 *stop</pre>
 *
 * Answered by {@code put EVENTS} or {@code refused REASON}, and {@code stopped}. The events are those of {@code EmbeddedAgentIT}.
 */
public final class FlumeEmbedded {
    private EmbeddedAgent agent;

    private FlumeEmbedded() {}

    public static void main(String[] args) throws IOException {
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        FlumeEmbedded driver = new FlumeEmbedded();
        String order;
        while ((order = orders.readLine()) != null) {
            System.out.println(driver.carryOut(order.split(" ")));
        }
        System.exit(0); // Flume leaves threads behind
    }

    private String carryOut(String[] order) throws IOException {
        if (order[0].equals("stop")) {
            agent.stop();
            return "stopped";
        }
        Properties file = new Properties();
        try (Reader in = Files.newBufferedReader(Path.of(order[1]))) {
            file.load(in);
        }
        Map<String, String> properties = new HashMap<>();
        file.stringPropertyNames().forEach(key -> properties.put(key, file.getProperty(key)));
        try {
            agent = new EmbeddedAgent("flume");
            agent.configure(properties);
            agent.start();
            return put(Integer.parseInt(order[2]), Integer.parseInt(order[3]));
        } catch (FlumeException | EventDeliveryException | IllegalArgumentException e) {
            return ("refused " + e).replace('\n', ' ');
        }
    }

    private String put(int single, int batch) throws EventDeliveryException {
        for (int i = 0; i < single; i++) {
            agent.put(event("single", i));
        }
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < batch; i++) {
            events.add(event("batch", i));
        }
        agent.putAll(events);
        return "put " + (single + batch);
    }

    private static Event event(String kind, int number) {
        return EventBuilder.withBody(
                (kind + " " + number).getBytes(StandardCharsets.UTF_8), Map.of("number", Integer.toString(number)));
    }
}
