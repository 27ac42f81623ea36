package org.millrace.example;

import java.util.List;
import java.util.Map;
import org.millrace.api.ChannelException;
import org.millrace.api.StartException;
import org.millrace.client.Event;
import org.millrace.embedded.EmbeddedAgent;

/** Keeps what an application has to say on its own disk, until one of two collectors has it. */
public final class OrderLog implements AutoCloseable {
    private final EmbeddedAgent agent = new EmbeddedAgent("orders");

    public OrderLog(String directory, int port, int otherPort) throws StartException {
        agent.configure(Map.ofEntries(
                Map.entry("channel.type", "file"),
                Map.entry("channel.checkpointDir", directory + "/checkpoint"),
                Map.entry("channel.dataDirs", directory + "/data"),
                Map.entry("sinks", "first second"),
                Map.entry("first.type", "avro"),
                Map.entry("first.hostname", "127.0.0.1"),
                Map.entry("first.port", Integer.toString(port)),
                Map.entry("second.type", "avro"),
                Map.entry("second.hostname", "127.0.0.1"),
                Map.entry("second.port", Integer.toString(otherPort)),
                Map.entry("processor.type", "failover"),
                Map.entry("processor.priority.first", "10"),
                Map.entry("processor.priority.second", "5"),
                Map.entry("source.interceptors", "time"),
                Map.entry("source.interceptors.time.type", "timestamp")));
        agent.start();
    }

    /** On disk when this returns; false if the channel is full, and has been for its keep-alive. */
    public boolean note(String order, List<String> lines) throws InterruptedException {
        Map<String, String> headers = Map.of("order", order);
        try {
            agent.putAll(lines.stream().map(line -> Event.ofText(headers, line)).toList());
            return true;
        } catch (ChannelException e) {
            return false; // none of the lines is in the channel: to put them again is safe
        }
    }

    @Override
    public void close() {
        agent.stop();
    }
}
