package org.millrace.client;

import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A batch was not acknowledged to its end. The first {@link #acknowledgedEvents} of its events are stored; send the others again. Of
 * those, some may be stored all the same, unless this {@link #isRefusal}. The cause is what the last try ran into, the tries before
 * are suppressed.
 */
public final class AppendException extends IOException {
    private final int acknowledgedEvents;
    private final int events;
    private final boolean refusal;

    AppendException(int acknowledgedEvents, int events, List<RelayException> failures) {
        super(message(acknowledgedEvents, events, failures), failures.isEmpty() ? null : last(failures));
        this.acknowledgedEvents = acknowledgedEvents;
        this.events = events;
        this.refusal = !failures.isEmpty() && failures.stream().allMatch(RelayException::isRefusal);
        failures.stream().limit(Math.max(0, failures.size() - 1)).forEach(this::addSuppressed);
    }

    /** How many events of the batch are stored for sure: the first ones. */
    public int acknowledgedEvents() {
        return acknowledgedEvents;
    }

    /** How many events the batch had. */
    public int events() {
        return events;
    }

    /** True if each try was answered with a refusal, as by relays whose channels are full: none of the other events is stored. */
    public boolean isRefusal() {
        return refusal;
    }

    /** @param broken what no host has to do with */
    AppendException(int acknowledgedEvents, int events, Throwable broken) {
        super(what(acknowledgedEvents, events) + ": the client failed: " + broken, broken);
        this.acknowledgedEvents = acknowledgedEvents;
        this.events = events;
        this.refusal = false;
    }

    private static RelayException last(List<RelayException> failures) {
        return failures.get(failures.size() - 1);
    }

    private static String message(int acknowledgedEvents, int events, List<RelayException> failures) {
        String why = failures.isEmpty()
                ? "every host is left out for now, because it failed before"
                : failures.stream().map(RelayException::getMessage).collect(Collectors.joining("; then "));
        return what(acknowledgedEvents, events) + ": " + why;
    }

    private static String what(int acknowledgedEvents, int events) {
        return events == 0 ? "no connection" : acknowledgedEvents + " of " + events + " events are acknowledged";
    }
}
