package org.millrace.relay;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.millrace.api.StartException;
import org.millrace.relay.config.Assembly;
import org.millrace.relay.config.Backup;
import org.millrace.relay.config.Configuration;
import org.millrace.relay.config.ConfigurationReader;
import org.millrace.relay.config.Finding;
import org.millrace.relay.config.Plan;
import org.millrace.relay.config.Recipe;
import org.millrace.relay.config.Text;
import org.millrace.relay.config.TextSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks now and then, and when it is told to, whether the sources of the configuration have changed, and puts the change into effect. A
 * configuration with a mistake changes nothing; one whose parts do not all start is taken back. One thread, but for {@link
 * #look()} and {@link #lookForChanges}.
 */
final class Reloader {
    private static final Logger log = LoggerFactory.getLogger(Reloader.class);

    /** A text that is being written is read again after this long, until it stays the same. */
    private static final long SETTLE_MILLIS = 200;

    private static final int MOST_SETTLE_READS = 25;

    private final Configuration.Request request;
    private final ConfigurationReader reader;
    private final Relay relay;
    private final Duration pollInterval;
    private final Semaphore wishes = new Semaphore(0);
    /** The next look is one that somebody asked for. */
    private final AtomicBoolean asked = new AtomicBoolean();

    /** What was looked at last, good or not. */
    private List<Text> seen;
    /** Somebody has asked for a look that has not come to its end: the next one makes up for it. */
    private boolean owed;
    /** What is in effect, or is to be. */
    private Configuration current;
    /** A change has failed, and so has the way back, or it was not gone: not all of the current configuration runs. */
    private boolean incomplete;
    /** What was said last about sources that cannot be read; empty: they can. */
    private String unreadable = "";

    /** @param first what the agent was started from */
    Reloader(
            Configuration.Request request,
            ConfigurationReader reader,
            Relay relay,
            Configuration first,
            Duration pollInterval) {
        this.request = request;
        this.reader = reader;
        this.relay = relay;
        this.current = first;
        this.seen = first.texts();
        this.pollInterval = pollInterval;
    }

    /** Has it look at once, also if the sources are the same: what they refer to may not be. Any thread. */
    void look() {
        asked.set(true);
        wishes.release();
    }

    /** Has it look at once whether the sources have changed. Any thread. */
    void lookForChanges() {
        wishes.release();
    }

    /** Looks until it is interrupted. */
    void run() throws InterruptedException {
        while (true) {
            wishes.tryAcquire(pollInterval.toNanos(), TimeUnit.NANOSECONDS);
            wishes.drainPermits();
            try {
                look(asked.getAndSet(false));
            } catch (RuntimeException | Error e) { // an Error too, at the loop's entry: nobody else would look any more
                log.error("looking at the configuration failed; what runs goes on, and it is looked at again", e);
            }
        }
    }

    /** One look. */
    void look(boolean asked) throws InterruptedException {
        owed |= asked;
        List<Text> texts = read(asked);
        if (texts == null) {
            return;
        }
        if (!owed && areSame(texts, seen)) {
            if (incomplete) {
                putBack();
            }
            return;
        }
        Configuration next = reader.read(request.withTexts(texts), relay.running());
        seen = texts; // not before: a look that breaks is repeated
        owed = false;
        Assembly assembly = next.assembly();
        boolean refused = !request.lenient() && !next.findings().mistakes().isEmpty();
        if (assembly == null || refused) {
            refuse(next);
        } else {
            next.findings().notes().forEach(note -> log.warn("{}", note));
            next.findings().dropped().forEach(dropped -> log.warn("{}", dropped));
            apply(next, assembly);
        }
    }

    private void refuse(Configuration next) {
        List<Finding> mistakes = next.findings().mistakes();
        mistakes.forEach(mistake -> log.error("{}", mistake));
        next.findings().dropped().forEach(dropped -> log.error("{}", dropped));
        log.error(
                "the changed configuration of agent {} is refused, with {}: what runs goes on",
                request.agent(),
                mistakes.size() == 1 ? "1 mistake" : mistakes.size() + " mistakes");
    }

    private void apply(Configuration next, Assembly assembly) throws InterruptedException {
        Plan plan = Plan.between(relay.running(), assembly);
        if (plan.isEmpty() && !incomplete) { // else sources may still be held
            current = next;
            log.info("agent {}: nothing to do for the configuration as it is now", request.agent());
            return;
        }
        plan.changes().forEach(step -> log.info("reload: {}", next.findings().masked(step.toString())));
        long began = System.nanoTime();
        incomplete = true; // until it is through, or taken back, whatever ends it
        try {
            relay.reload(assembly);
        } catch (StartException | RuntimeException | Error e) { // an Error too: sources are held until it is taken back
            log.error(
                    "agent {}: the changed configuration does not start, and is taken back: {}",
                    request.agent(),
                    next.findings().masked(reason(e)));
            putBack();
            return;
        }
        current = next;
        incomplete = false;
        log.info("agent {} reloaded in {} ms", request.agent(), millisSince(began));
        save(request.backup(), seen);
    }

    /** From what was resolved then: the sources have changed since. */
    private void putBack() throws InterruptedException {
        Recipe recipe = current.recipe();
        if (recipe == null) {
            throw new IllegalStateException("an agent that runs has no configuration");
        }
        try {
            relay.reload(recipe.assemble(relay.running()));
            incomplete = false;
            log.warn("agent {} runs as it did before the change", request.agent());
        } catch (StartException | RuntimeException | Error e) {
            relay.resumeServed();
            log.error(
                    "agent {}: not all of it runs, since the way back failed too; it is tried again in {} s: {}",
                    request.agent(),
                    pollInterval.toSeconds(),
                    current.findings().masked(reason(e)));
        }
    }

    /** The texts once they stay the same; null if they cannot be read. */
    private @Nullable List<Text> read(boolean asked) throws InterruptedException {
        List<Text> texts = readOnce(asked);
        for (int i = 0; texts != null && !asked && !areSame(texts, seen) && i < MOST_SETTLE_READS; i++) {
            Thread.sleep(SETTLE_MILLIS);
            List<Text> again = readOnce(asked);
            if (again == null || areSame(texts, again)) {
                return again;
            }
            texts = again;
        }
        return texts;
    }

    /** A failure is told once; and again to who asks. */
    private @Nullable List<Text> readOnce(boolean asked) {
        List<Text> texts = new ArrayList<>();
        for (TextSource source : request.sources()) {
            try {
                texts.add(new Text(source.name(), source.read()));
            } catch (IOException e) {
                String problem = source.name() + ": " + e;
                if (asked || !problem.equals(unreadable)) {
                    log.error("{}: cannot be read, what runs goes on: {}", source.name(), e.toString());
                }
                unreadable = problem;
                return null;
            }
        }
        if (!unreadable.isEmpty()) {
            log.info("{} can be read again", request.names());
            unreadable = "";
        }
        return texts;
    }

    private static boolean areSame(List<Text> texts, List<Text> others) {
        if (texts.size() != others.size()) {
            return false;
        }
        for (int i = 0; i < texts.size(); i++) {
            if (!texts.get(i).isSame(others.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** A copy that cannot be written is no reason not to run. */
    static void save(@Nullable Backup backup, List<Text> texts) {
        if (backup != null) {
            try {
                backup.save(texts);
            } catch (IOException e) {
                log.warn("{}: the configuration cannot be saved: {}", backup.file(), e.toString());
            }
        }
    }

    /** A failure and what caused it; one that was not meant for an operator with its class. */
    static String reason(Throwable e) {
        StringBuilder reason = new StringBuilder(e instanceof StartException ? e.getMessage() : e.toString());
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            String told = cause.getMessage() == null ? cause.toString() : cause.getMessage();
            if (reason.indexOf(told) < 0) { // many a message has that of its cause in it
                reason.append(": ").append(told);
            }
        }
        return reason.toString();
    }

    private static long millisSince(long began) {
        return Duration.ofNanos(System.nanoTime() - began).toMillis();
    }
}
