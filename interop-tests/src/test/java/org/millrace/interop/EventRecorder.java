package org.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.millrace.testkit.process.EventServer;

/** An Avro source that keeps each event as a line of text: headers in the order of their names, and the body byte by byte. */
final class EventRecorder implements AutoCloseable, EventServer.Taker {

    private final EventServer server;
    private final List<String> events = new ArrayList<>();
    private @Nullable String firstFault;

    EventRecorder() throws IOException {
        server = new EventServer(0, this);
    }

    int port() {
        return server.port();
    }

    /** Waits for an event that ends what is waited for, takes it out with all before it, and returns those before it. */
    List<String> takeUntil(Predicate<String> isLast) {
        Awaitility.await("the last event").until(() -> indexOf(isLast) >= 0);
        synchronized (this) {
            int last = indexOf(isLast);
            List<String> taken = List.copyOf(events.subList(0, last));
            events.subList(0, last + 1).clear();
            return taken;
        }
    }

    /** Waits for as many events, and takes out all there are. */
    List<String> take(int count) {
        Awaitility.await().untilAsserted(() -> assertThat(soFar()).hasSizeGreaterThanOrEqualTo(count));
        synchronized (this) {
            List<String> taken = List.copyOf(events);
            events.clear();
            return taken;
        }
    }

    private synchronized List<String> soFar() {
        return List.copyOf(events);
    }

    synchronized @Nullable String firstFault() {
        return firstFault;
    }

    @Override
    public void take(Map<String, String> headers, byte[] body) {
        StringBuilder line = new StringBuilder();
        new TreeMap<>(headers)
                .forEach((name, value) ->
                        line.append(name).append('=').append(value).append(' '));
        line.append('|').append(new String(body, StandardCharsets.ISO_8859_1)); // a character for each byte
        synchronized (this) {
            events.add(line.toString());
        }
    }

    @Override
    public synchronized void fault(Exception why) {
        if (firstFault == null) {
            firstFault = why.toString();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private synchronized int indexOf(Predicate<String> isLast) {
        for (int i = 0; i < events.size(); i++) {
            if (isLast.test(events.get(i))) {
                return i;
            }
        }
        return -1;
    }
}
