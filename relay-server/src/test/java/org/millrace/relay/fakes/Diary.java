package org.millrace.relay.fakes;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** What happened, in order; and what is to go wrong with parts that have nothing wrong in the file. Thread-safe. */
public final class Diary {
    private final List<String> entries = new CopyOnWriteArrayList<>();
    private final Map<String, Supplier<? extends Throwable>> broken = new ConcurrentHashMap<>();
    private final Map<String, Runnable> actions = new ConcurrentHashMap<>();
    private final Set<String> blocked = ConcurrentHashMap.newKeySet();

    public void note(String entry) {
        entries.add(entry);
        Runnable action = actions.remove(entry);
        if (action != null) {
            action.run();
        }
    }

    /** Runs the action when that is noted the next time, by whoever notes it. */
    public void onceNoted(String entry, Runnable action) {
        actions.put(entry, action);
    }

    public List<String> entries() {
        return List.copyOf(entries);
    }

    /** From now on a part of this name breaks at its start, with an exception that no start should throw. */
    public void breakDown(String name) {
        breakDown(name, () -> new IllegalStateException(name + " is broken"));
    }

    /** @param failure unchecked */
    public void breakDown(String name, Supplier<? extends Throwable> failure) {
        broken.put(name, failure);
    }

    /** The next start of a part of this name breaks, and none after it. */
    public void breakOnce(String name) {
        breakDown(name, () -> {
            mend(name);
            return new IllegalStateException(name + " is broken once");
        });
    }

    /** It starts again. */
    public void mend(String name) {
        broken.remove(name);
    }

    /** For the starts of parts. */
    void checkStart(String name) {
        Supplier<? extends Throwable> failure = broken.get(name);
        if (failure != null) {
            Diary.<RuntimeException>raise(failure.get());
        }
    }

    /** From now on a sink of this name delivers nothing. */
    public void block(String sink) {
        blocked.add(sink);
    }

    public void unblock(String sink) {
        blocked.remove(sink);
    }

    boolean isBlocked(String sink) {
        return blocked.contains(sink);
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void raise(Throwable failure) throws T {
        throw (T) failure;
    }
}
