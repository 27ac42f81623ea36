package org.millrace.bench;

import java.util.ArrayList;
import java.util.List;

/** Those who run at the same time; stopped together. */
final class Contenders implements AutoCloseable {
    private final List<Contender> running = new ArrayList<>();

    void add(Contender contender) {
        running.add(contender);
    }

    List<Contender> all() {
        return running;
    }

    @Override
    public void close() {
        running.forEach(Contender::close);
    }
}
