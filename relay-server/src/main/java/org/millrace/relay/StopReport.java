package org.millrace.relay;

import java.util.ArrayList;
import java.util.List;

/** How far the stop of an agent has come, and what it could not do as it should. Thread-safe. */
final class StopReport {
    private final List<String> flaws = new ArrayList<>();
    private String step;

    /** @param step that comes first, as messages name it */
    StopReport(String step) {
        this.step = step;
    }

    /** @param next what is waited for from now on, such as {@code channel c1} */
    synchronized void isAt(String next) {
        step = next;
    }

    synchronized String step() {
        return step;
    }

    /** @param flaw in words, with the part's name: one that is still open, or events that are lost */
    synchronized void add(String flaw) {
        flaws.add(flaw);
    }

    void addAll(List<String> more) {
        more.forEach(this::add);
    }

    /** True so far: all is closed, and nothing is lost. */
    synchronized boolean isClean() {
        return flaws.isEmpty();
    }

    /** What is not as it should be; empty if it is clean. */
    synchronized String flaws() {
        return String.join("; ", flaws);
    }
}
