package org.millrace.relay;

import java.util.ArrayList;
import java.util.List;
import org.millrace.api.StartException;
import org.millrace.relay.config.Assembly;
import org.millrace.relay.config.Assembly.SourcePart;
import org.millrace.relay.metrics.Display;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a reload does to sources, step by step: those that go on are held while their routes are exchanged. One thread. */
final class SourceChange {
    private static final Logger log = LoggerFactory.getLogger(SourceChange.class);

    private final RunningParts running;
    private final Assembly next;
    private final Display display;

    SourceChange(RunningParts running, Assembly next, Display display) {
        this.running = running;
        this.next = next;
        this.display = display;
    }

    void closeThoseThatGo() {
        List<SourcePart> going = running.sources.stream()
                .filter(source -> next.sources().stream().noneMatch(other -> other.source() == source.source()))
                .toList();
        going.forEach(source -> source.inlet().refuse()); // if a change before has held it
        SourceClosing.closeAll(going);
        going.forEach(source -> display.hide(source.metrics()));
        running.sources.removeAll(going);
    }

    /** Those whose route is exchanged, and until then have no room: their batches wait. */
    void hold(Deadline deadline) throws InterruptedException {
        List<SourcePart> held = running.sources.stream()
                .filter(source -> !next.sources().contains(source))
                .toList();
        held.forEach(source -> source.inlet().hold());
        for (SourcePart source : held) {
            if (!source.inlet().awaitSettled(deadline.left())) {
                log.warn(
                        "source {}: batches on their way to its channels are not settled; some may be refused", source);
            }
        }
    }

    /** Those that come, each of which waits with its first batch. */
    void startHeld() throws StartException {
        for (SourcePart source : next.sources()) {
            if (indexOf(source) < 0) {
                source.inlet().hold();
                RunningParts.start("source " + source.name(), source.source());
                running.sources.add(source);
                display.show(source.metrics());
            }
        }
    }

    /** From here on all of them go on. */
    void exchangeRoutes() {
        List<SourcePart> former = new ArrayList<>();
        for (SourcePart now : next.sources()) {
            int index = indexOf(now);
            SourcePart old = running.sources.get(index);
            if (!old.route().equals(now.route())) {
                now.inlet().exchange(now.route().inlet());
                running.sources.set(index, now);
                former.add(old);
            }
            now.inlet().resume();
        }
        former.forEach(RunningParts::closeRoute);
    }

    /** Negative if it does not run. */
    private int indexOf(SourcePart now) {
        for (int i = 0; i < running.sources.size(); i++) {
            if (running.sources.get(i).source() == now.source()) {
                return i;
            }
        }
        return -1;
    }
}
