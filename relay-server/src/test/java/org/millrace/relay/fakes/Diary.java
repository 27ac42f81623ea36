package org.millrace.relay.fakes;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What happened, in order. */
public final class Diary {
    private final List<String> entries = new CopyOnWriteArrayList<>();

    public void note(String entry) {
        entries.add(entry);
    }

    public List<String> entries() {
        return List.copyOf(entries);
    }
}
