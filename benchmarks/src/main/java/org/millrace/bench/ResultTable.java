package org.millrace.bench;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Results by row and server, all turns of a server as one, with the ratio of ours to Flume's. */
final class ResultTable {
    private static final String OURS = "millrace";
    private static final String FLUME = "flume";
    private static final String LINE = "%-52s %-12s %14s %12s %10s %10s %10s %8s%n";

    private final Map<String, Map<String, LoadResult>> rows = new LinkedHashMap<>();

    void add(String row, String server, LoadResult result) {
        rows.computeIfAbsent(row, name -> new LinkedHashMap<>()).merge(server, result, LoadResult::plus);
    }

    String print() {
        StringBuilder out = new StringBuilder();
        out.append(String.format(
                Locale.ROOT, LINE, "row", "server", "events/s", "CPU-s/M", "p50 ms", "p99 ms", "failed", "x Flume"));
        rows.forEach((row, servers) -> servers.forEach((server, result) -> out.append(String.format(
                Locale.ROOT,
                LINE,
                row,
                server,
                String.format(Locale.ROOT, "%,.0f", result.eventsPerSecond()),
                String.format(Locale.ROOT, "%.3f", result.cpuSecondsPerMillion()),
                String.format(Locale.ROOT, "%.3f", result.latencyMillis(50)),
                String.format(Locale.ROOT, "%.3f", result.latencyMillis(99)),
                String.format(Locale.ROOT, "%,d", result.failedEvents()),
                ratio(server, servers)))));
        out.append("""

                Bodies of 512 bytes and three headers; a closed loop on this machine; latency is that of a request. Both agents: -Xmx2g,
                memory channel of 1,500,000 events. Source to null: our agent has one null sink, Flume two, or its one would be what
                is measured. Hop: batches of 100 to a server that only finds frames; the events that come out there are counted, and at
                most 20,000 are inside. The null server finds frames and answers OK: what the machine allows.
                """);
        return out.toString();
    }

    private static String ratio(String server, Map<String, LoadResult> servers) {
        LoadResult ours = servers.get(OURS);
        LoadResult flume = servers.get(FLUME);
        return server.equals(OURS) && ours != null && flume != null
                ? String.format(Locale.ROOT, "%.1f", ours.eventsPerSecond() / flume.eventsPerSecond())
                : "";
    }
}
