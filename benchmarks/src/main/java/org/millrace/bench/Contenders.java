package org.millrace.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.millrace.bench.Comparison.Entry;

/** Those who run at the same time; stopped together. */
final class Contenders implements AutoCloseable {
    private final List<Contender> running = new ArrayList<>();

    void add(Contender contender) {
        running.add(contender);
    }

    List<Contender> all() {
        return running;
    }

    /** All of them under a load; more can be added to the list. */
    List<Entry> entries(Function<Contender, Target> target, Workload load) {
        List<Entry> entries = new ArrayList<>();
        for (Contender contender : running) {
            entries.add(Entry.of(contender.name(), target.apply(contender), load));
        }
        return entries;
    }

    @Override
    public void close() {
        running.forEach(Contender::close);
    }
}
