package org.millrace.client;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.millrace.testkit.process.EventServer;

/** Keeps the bodies of the events that a server takes, in the order in which they came. */
public final class BodyRecorder implements EventServer.Taker {
    private final List<String> bodies = new ArrayList<>();

    /** So far. */
    public synchronized List<String> bodies() {
        return List.copyOf(bodies);
    }

    @Override
    public synchronized void take(Map<String, String> headers, byte[] body) {
        bodies.add(new String(body, StandardCharsets.UTF_8));
    }

    @Override
    public void fault(Exception why) {
        // a test that cuts connections sees the broken ones here
    }
}
