package org.millrace.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.millrace.api.support.KeepAliveTimer;

/** Time that a test moves; tasks run on the test's thread. Not thread-safe. */
public final class FakeTimer implements KeepAliveTimer {
    private final List<Task> tasks = new ArrayList<>();
    private long now = 1_000_000;

    private record Task(long dueNanos, Runnable action) {}

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public void runAfter(long nanos, Runnable task) {
        tasks.add(new Task(now + nanos, task));
    }

    @Override
    public void close() {
        tasks.clear();
    }

    /** Tasks that are to come. */
    public int tasks() {
        return tasks.size();
    }

    /** Lets time pass, and runs what comes due. */
    public void advance(Duration time) {
        now += time.toNanos();
        Optional<Task> due = nextDue();
        while (due.isPresent()) {
            tasks.remove(due.get());
            due.get().action().run();
            due = nextDue();
        }
    }

    private Optional<Task> nextDue() {
        return tasks.stream().filter(task -> task.dueNanos() <= now).min(Comparator.comparing(Task::dueNanos));
    }
}
