package org.millrace.api.deadletter;

import com.codahale.metrics.Counter;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.millrace.api.Channel;
import org.millrace.api.DeliveryException;
import org.millrace.api.Settings;
import org.millrace.api.SinkContext;
import org.millrace.api.StartException;
import org.millrace.api.disk.LocalDisk;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.codec.EventReader;
import org.millrace.codec.HeaderName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The dead letters of one sink: events that nothing but a person can help. In a turn of the sink, in this order:
 *
 * <ol>
 *   <li>{@link #refuse} each event that cannot be delivered; what it costs, only such an event pays;
 *   <li>{@link #settle}, before anything else is delivered: the events are safe when it returns. It fails the turn while one of them may
 *       still heal, and while the disk, or the channel, does not take them: an event is never dropped;
 *   <li>deliver the others, commit the transaction;
 *   <li>{@link #committed}; or, whatever happened instead, {@link #rolledBack}, which takes the events out of the file again, or
 *       remembers that another channel has them already: the sink's own will give them once more.
 * </ol>
 *
 * <p>Events are there once, unless the agent dies between the second step and the fourth. The sink's thread only.
 */
public final class DeadLetters implements AutoCloseable {
    /** The headers that tell what happened; they replace those of an event that comes by a second time. */
    public static final HeaderName REASON = HeaderName.of("deadLetter.reason");

    public static final HeaderName SINK = HeaderName.of("deadLetter.sink");
    /** Epoch milliseconds. */
    public static final HeaderName TIME = HeaderName.of("deadLetter.time");

    public static final HeaderName TRIES = HeaderName.of("deadLetter.tries");

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);
    private static final Duration WARN_EVERY = Duration.ofMinutes(1);
    private static final int MOST_REASON_CHARS = 500;

    private final String sink;
    private final DeadLetterSettings settings;
    private final Letterbox letterbox;
    private final InstantSource clock;
    private final Counter deadLettered;

    private final List<Letter> letters = new ArrayList<>();
    private final TriesByEvent tries = new TriesByEvent();
    private boolean settled;
    /** Failures were noted in this turn. */
    private boolean noted;

    private Instant lastWarning = Instant.EPOCH;
    private long notLogged;

    DeadLetters(
            String sink, DeadLetterSettings settings, Letterbox letterbox, InstantSource clock, Counter deadLettered) {
        this.sink = sink;
        this.settings = settings;
        this.letterbox = letterbox;
        this.clock = clock;
        this.deadLettered = deadLettered;
    }

    /**
     * Reads the keys that start with {@code deadLetter.}; without any of them, dead letters go to a directory below the user's home.
     *
     * @param sink all keys of the sink
     */
    public static DeadLetters read(SinkContext context, Settings sink) {
        DeadLetterSettings settings =
                DeadLetterSettings.read(context.agent(), sink, Path.of(System.getProperty("user.home", ".")));
        return new DeadLetters(
                context.name(),
                settings,
                settings.channel() == null ? files(context, settings) : channel(context, sink, settings.channel()),
                context.clock(),
                context.metrics().counter("deadLetteredEvents"));
    }

    private static Letterbox files(SinkContext context, DeadLetterSettings settings) {
        LetterFiles files = new LetterFiles(
                settings.files(),
                context.agent(),
                context.name(),
                context.clock(),
                new LocalDisk(),
                new SecureRandom());
        context.metrics().gauge("deadLetterBytes", files::totalBytes);
        return files;
    }

    private static Letterbox channel(SinkContext context, Settings sink, String name) {
        String key = DeadLetterSettings.PREFIX + DeadLetterSettings.CHANNEL;
        Channel channel = name.isEmpty() ? null : context.destinations().find(key, name);
        if (channel == null) {
            return new NoLetterbox(context.name(), name);
        }
        if (!channel.isDurable()) {
            sink.note(
                    key,
                    name
                            + " loses what it holds in memory when the process ends, dead letters too; one of type = file does not");
        }
        return new LetterChannel(context.name(), channel, context.clock());
    }

    /** True if the file says where dead letters go, or anything else about them. */
    public boolean isConfigured() {
        return settings.isConfigured();
    }

    /** @throws StartException if a place that the file names cannot be used; one that it does not name is tried when it is needed */
    public void start() throws StartException {
        letterbox.start();
    }

    /**
     * Notes an event that cannot be delivered.
     *
     * @param event stands on the event; lent
     * @param reason what is wrong with it, for an operator; never its body
     * @param mayHeal whether it is worth trying again: then it is a dead letter only after {@code deadLetter.maxTries} turns
     */
    public void refuse(EventReader event, String reason, boolean mayHeal) {
        long key = TriesByEvent.key(event);
        add(event, key, reason, mayHeal, note(key));
    }

    /**
     * Notes that an event has failed in this turn, for a sink that gives such events back to the channel while it commits others: it is a
     * dead letter once that has happened in {@code deadLetter.maxTries} turns.
     *
     * @param event as in {@link #refuse}
     * @param reason likewise
     * @return true if it is one now, as after {@link #refuse}; false if it is to be tried again
     */
    public boolean failed(EventReader event, String reason) {
        long key = TriesByEvent.key(event);
        int failures = note(key);
        if (failures < settings.maxTries()) {
            return false;
        }
        add(event, key, reason, false, failures);
        return true;
    }

    private int note(long key) {
        noted = true;
        return tries.failed(key);
    }

    private void add(EventReader event, long key, String reason, boolean mayHeal, int failures) {
        try (EventBatchBuilder copy = new EventBatchBuilder()) {
            letters.add(new Letter(copy.add(event).build(), key, shown(reason), mayHeal, failures));
        }
    }

    private static String shown(String reason) {
        String safe = reason.replaceAll("\\p{Cntrl}", " ");
        return safe.length() <= MOST_REASON_CHARS ? safe : safe.substring(0, MOST_REASON_CHARS) + "...";
    }

    /**
     * Brings the events noted in this turn to where they are safe.
     *
     * @throws DeliveryException if one of them is to be tried again, or they cannot be written: the turn is to be rolled back
     */
    public void settle() throws DeliveryException {
        if (letters.isEmpty()) {
            return;
        }
        for (Letter letter : letters) {
            if (letter.mayHeal() && letter.tries() < settings.maxTries()) {
                throw new DeliveryException("sink " + sink + ": an event cannot be delivered: " + letter.reason()
                        + " (try " + letter.tries() + " of " + settings.maxTries()
                        + ", then it goes to the dead letters in " + letterbox.place() + ")");
            }
        }
        try {
            settled = true;
            letterbox.put(letters);
        } catch (IOException e) {
            throw new DeliveryException(
                    "sink " + sink + ": " + letters.size() + " events that cannot be delivered (the first: "
                            + letters.get(0).reason() + ") cannot be written to the dead letters in "
                            + letterbox.place() + " either; nothing is dropped, and nothing goes on, until they can",
                    e);
        }
    }

    /**
     * The turn's transaction is committed.
     *
     * @return how many of its events are dead letters now
     */
    public int committed() {
        int events = letters.size();
        if (events > 0) {
            letterbox.keep();
            deadLettered.inc(events);
            warn(events);
            letters.forEach(letter -> tries.forget(letter.key()));
        }
        endTurn();
        return events;
    }

    private void warn(int events) {
        Instant now = clock.instant();
        boolean wasSetBack = now.isBefore(lastWarning);
        if (!wasSetBack && now.isBefore(lastWarning.plus(WARN_EVERY))) {
            notLogged += events;
            return;
        }
        LOG.warn(
                "sink {}: {} events could not be delivered and are dead letters now, in {} ({} before them since the last such "
                        + "line); the first: {}",
                sink,
                events,
                letterbox.place(),
                notLogged,
                letters.get(0).reason());
        lastWarning = now;
        notLogged = 0;
    }

    /** The turn came to nothing: its events will come again. Does nothing after {@link #committed}. */
    public void rolledBack() {
        if (settled) {
            letterbox.takeBack();
        }
        endTurn();
    }

    private void endTurn() {
        if (noted) {
            letters.forEach(letter -> letter.event().release());
            letters.clear();
            tries.turnEnds();
            settled = false;
            noted = false;
        }
    }

    /** Gives a file that is old enough its final name. To be called now and then, also without traffic. */
    public void finishDue() {
        letterbox.finishDue();
    }

    @Override
    public void close() {
        rolledBack();
        letterbox.close();
    }
}
