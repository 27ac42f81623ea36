package org.millrace.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Results by row and server, all turns of a server as one, with the ratios of one server to others. */
final class ResultTable {
    private static final String RATIO = " %12s";

    private final String ours;
    private final List<String> others;
    private final List<String> byCpu;
    private final String note;
    private final List<Budget> budgets;
    private final Map<String, Map<String, LoadResult>> rows = new LinkedHashMap<>();

    /**
     * @param ours the server whose ratios are told
     * @param others to which ones
     * @param note that stands below
     */
    ResultTable(String ours, List<String> others, String note) {
        this(ours, others, List.of(), List.of(), note);
    }

    /**
     * As {@link #ResultTable(String, List, String)}.
     *
     * @param byCpu to which ones its events per CPU second are told as well
     * @param budgets whose verdicts stand below the rows
     */
    ResultTable(String ours, List<String> others, List<String> byCpu, List<Budget> budgets, String note) {
        this.ours = ours;
        this.others = others;
        this.byCpu = byCpu;
        this.budgets = budgets;
        this.note = note;
    }

    void add(String row, String server, LoadResult result) {
        rows.computeIfAbsent(row, name -> new LinkedHashMap<>()).merge(server, result, LoadResult::plus);
    }

    /** All turns of a server in a row; null if it had none. */
    @Nullable
    LoadResult result(String row, String server) {
        return rows.getOrDefault(row, Map.of()).get(server);
    }

    String print() {
        StringBuilder out = new StringBuilder();
        out.append(line("row", "server", "events/s", "CPU-s/M", "p50 ms", "p99 ms", "failed"));
        others.forEach(other -> out.append(String.format(Locale.ROOT, RATIO, "x " + other)));
        byCpu.forEach(other -> out.append(String.format(Locale.ROOT, RATIO, "CPU/" + other)));
        out.append('\n');
        rows.forEach((row, servers) -> servers.forEach((server, result) -> {
            out.append(line(
                    row,
                    server,
                    String.format(Locale.ROOT, "%,.0f", result.eventsPerSecond()),
                    String.format(Locale.ROOT, "%.3f", result.cpuSecondsPerMillion()),
                    String.format(Locale.ROOT, "%.3f", result.latencyMillis(50)),
                    String.format(Locale.ROOT, "%.3f", result.latencyMillis(99)),
                    String.format(Locale.ROOT, "%,d", result.failedEvents())));
            if (server.equals(ours)) {
                others.forEach(other ->
                        out.append(String.format(Locale.ROOT, RATIO, ratio(result, servers.get(other), false))));
                byCpu.forEach(other ->
                        out.append(String.format(Locale.ROOT, RATIO, ratio(result, servers.get(other), true))));
            }
            out.append('\n');
        }));
        out.append('\n');
        if (!budgets.isEmpty()) {
            budgets.stream()
                    .map(budget -> budget.verdict(this, ours))
                    .filter(verdict -> !verdict.isEmpty())
                    .forEach(verdict -> out.append(verdict).append('\n'));
            out.append('\n');
        }
        return out.append(note).toString();
    }

    private static String line(Object... cells) {
        return String.format(Locale.ROOT, "%-52s %-13s %14s %12s %10s %10s %10s", cells);
    }

    private static String ratio(LoadResult result, @Nullable LoadResult to, boolean byCpu) {
        if (to == null) {
            return "";
        }
        double ratio = byCpu
                ? to.cpuSecondsPerMillion() / result.cpuSecondsPerMillion()
                : result.eventsPerSecond() / to.eventsPerSecond();
        return String.format(Locale.ROOT, "%.2f", ratio);
    }
}
