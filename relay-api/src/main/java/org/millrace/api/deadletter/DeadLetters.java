package org.millrace.api.deadletter;

import com.codahale.metrics.Counter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.millrace.api.DeliveryException;
import org.millrace.api.Settings;
import org.millrace.api.SinkContext;
import org.millrace.api.StartException;
import org.millrace.api.disk.LocalDisk;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.codec.EventReader;
import org.millrace.codec.HeaderEdit;
import org.millrace.codec.HeaderName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The dead letters of one sink: events that nothing but a person can help. In a turn of the sink, in this order:
 *
 * <ol>
 *   <li>{@link #refuse} each event that cannot be delivered; what it costs, only such an event pays;
 *   <li>{@link #settle}, before anything else is delivered: the events are on disk when it returns. It fails the turn while one of them
 *       may still heal, and while the disk does not take them: an event is never dropped;
 *   <li>deliver the others, commit the transaction;
 *   <li>{@link #committed}; or, whatever happened instead, {@link #rolledBack}, which takes the events out of the file again, as
 *       the channel will give them once more.
 * </ol>
 *
 * <p>Events stand in the file once, unless the agent dies between the second step and the fourth. The sink's thread only.
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
    private final LetterFiles files;
    private final InstantSource clock;
    private final Counter deadLettered;

    private final List<Letter> letters = new ArrayList<>();
    private final TriesByEvent tries = new TriesByEvent();
    private boolean settled;
    /** Failures were noted in this turn. */
    private boolean noted;

    private Instant nextWarning = Instant.MIN;
    private long notLogged;

    /** @param event a batch of the one event, ours */
    private record Letter(EventBatch event, long key, String reason, boolean mayHeal, int tries) {}

    DeadLetters(
            String sink, DeadLetterSettings settings, LetterFiles files, InstantSource clock, Counter deadLettered) {
        this.sink = sink;
        this.settings = settings;
        this.files = files;
        this.clock = clock;
        this.deadLettered = deadLettered;
    }

    /**
     * Reads the keys that start with {@code deadLetter.}; without any of them, dead letters go to a directory below the user's home.
     *
     * @param sink all keys of the sink
     */
    public static DeadLetters read(SinkContext context, Settings sink) {
        DeadLetterSettings settings = DeadLetterSettings.read(
                context.agent(), sink.under("deadLetter."), Path.of(System.getProperty("user.home", ".")));
        LetterFiles files = new LetterFiles(
                settings,
                LetterFiles.namePrefix(context.agent(), context.name()),
                context.clock(),
                new LocalDisk(),
                new SecureRandom());
        context.metrics().gauge("deadLetterBytes", files::totalBytes);
        return new DeadLetters(
                context.name(),
                settings,
                files,
                context.clock(),
                context.metrics().counter("deadLetteredEvents"));
    }

    /** True if the file says where dead letters go, or anything else about them. */
    public boolean isConfigured() {
        return settings.isConfigured();
    }

    /**
     * Finishes files that a crash has left.
     *
     * @throws StartException if a directory that the file names cannot be used; one that it does not name is tried when it is needed
     */
    public void start() throws StartException {
        Path directory = settings.directory();
        if (!isConfigured() && !Files.isDirectory(directory)) {
            return;
        }
        try {
            files.open();
        } catch (IOException e) {
            if (isConfigured()) {
                throw new StartException(
                        "sink " + sink + ": deadLetter.directory = " + directory + " cannot be used: " + e, e);
            }
            LOG.warn("sink {}: the directory for dead letters, {}, cannot be used: {}", sink, directory, e.toString());
        }
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
     * Brings the events noted in this turn to disk.
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
                        + ", then it goes to the dead letters in " + settings.directory() + ")");
            }
        }
        try {
            settled = true;
            files.append(encoded());
        } catch (IOException e) {
            throw new DeliveryException(
                    "sink " + sink + ": " + letters.size() + " events that cannot be delivered (the first: "
                            + letters.get(0).reason() + ") cannot be written to the dead letters in "
                            + settings.directory() + " either; nothing is dropped, and nothing goes on, until they can",
                    e);
        }
    }

    /** Each event as it is to stand in the file. */
    private List<byte[]> encoded() {
        List<byte[]> encoded = new ArrayList<>(letters.size());
        for (Letter letter : letters) {
            List<HeaderEdit> edits = List.of(
                    new HeaderEdit(REASON, letter.reason(), false),
                    new HeaderEdit(SINK, sink, false),
                    new HeaderEdit(TIME, Long.toString(clock.millis()), false),
                    new HeaderEdit(TRIES, Integer.toString(letter.tries()), false));
            EventBatch event = HeaderEdit.apply(edits, letter.event().retain());
            ByteBuffer bytes = ByteBuffer.allocate(event.encodedBytes());
            event.copyTo(bytes);
            event.release();
            encoded.add(bytes.array());
        }
        return encoded;
    }

    /**
     * The turn's transaction is committed.
     *
     * @return how many of its events are dead letters now
     */
    public int committed() {
        int events = letters.size();
        if (events > 0) {
            files.keep();
            deadLettered.inc(events);
            warn(events);
            letters.forEach(letter -> tries.forget(letter.key()));
        }
        endTurn();
        return events;
    }

    private void warn(int events) {
        Instant now = clock.instant();
        if (now.isBefore(nextWarning)) {
            notLogged += events;
            return;
        }
        LOG.warn(
                "sink {}: {} events could not be delivered and are dead letters now, in {} ({} before them since the last such "
                        + "line); the first: {}",
                sink,
                events,
                files.directory(),
                notLogged,
                letters.get(0).reason());
        nextWarning = now.plus(WARN_EVERY);
        notLogged = 0;
    }

    /** The turn came to nothing: its events will come again. Does nothing after {@link #committed}. */
    public void rolledBack() {
        if (settled) {
            files.cutBack();
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
        files.finishDue();
    }

    @Override
    public void close() {
        rolledBack();
        files.close();
    }
}
