package org.millrace.api.deadletter;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.millrace.api.Channel;
import org.millrace.api.ChannelException;
import org.millrace.api.Transaction;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.codec.EventReader;

/**
 * Puts dead letters into a channel of the agent, for any sink to take. What is there cannot be taken out again: of a turn that came to
 * nothing afterwards it is remembered, and when those events come again they are not put a second time. One thread.
 */
final class LetterChannel implements Letterbox {
    /** A batch is no larger, so that it stays well under what one buffer can hold. */
    private static final int MAX_BATCH_BYTES = 16 << 20;
    /** What is forgotten beyond that may be there twice. */
    private static final int LEAST_KEPT = 10_000;

    private final String sink;
    private final Channel channel;
    private final InstantSource clock;

    /** How many of each event were put and are not known to be committed, by the digest of its bytes; the oldest first. */
    private final Map<ByteBuffer, Integer> ahead = new LinkedHashMap<>();
    /** Those of them that belong to this turn. */
    private final Map<ByteBuffer, Integer> ofTurn = new HashMap<>();

    LetterChannel(String sink, Channel channel, InstantSource clock) {
        this.sink = sink;
        this.channel = channel;
        this.clock = clock;
    }

    @Override
    public String place() {
        return "channel " + channel.name();
    }

    /** The agent has started the channel. */
    @Override
    public void start() {}

    @Override
    public void put(List<Letter> letters) throws IOException {
        List<ByteBuffer> keys = new ArrayList<>();
        try (EventBatchBuilder batch = new EventBatchBuilder()) {
            for (Letter letter : letters) {
                ByteBuffer key = digest(letter.event());
                if (ofTurn.getOrDefault(key, 0) < ahead.getOrDefault(key, 0)) {
                    ofTurn.merge(key, 1, Integer::sum);
                    continue;
                }
                add(letter, batch);
                keys.add(key);
                ofTurn.merge(key, 1, Integer::sum);
                ahead.merge(key, 1, Integer::sum);
                if (keys.size() >= channel.transactionCapacity() || batch.encodedBytes() >= MAX_BATCH_BYTES) {
                    put(batch, keys);
                }
            }
            put(batch, keys);
        }
    }

    private void add(Letter letter, EventBatchBuilder batch) {
        EventBatch marked = letter.marked(sink, clock.millis());
        EventReader event = marked.reader();
        while (event.next()) {
            batch.add(event);
        }
        marked.release();
    }

    /** @param keys of the events in the batch; none if it is empty. Cleared */
    private void put(EventBatchBuilder batch, List<ByteBuffer> keys) throws IOException {
        if (keys.isEmpty()) {
            return;
        }
        boolean isPut = false;
        try (Transaction transaction = channel.begin()) {
            transaction.put(batch.build());
            transaction.commit();
            isPut = true;
        } catch (ChannelException e) {
            throw new IOException(e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            if (!isPut) {
                keys.forEach(key -> {
                    subtract(ofTurn, key, 1);
                    subtract(ahead, key, 1);
                });
            }
            keys.clear();
        }
    }

    @Override
    public void keep() {
        ofTurn.forEach((key, events) -> subtract(ahead, key, events));
        ofTurn.clear();
    }

    @Override
    public void takeBack() {
        int kept = Math.max(LEAST_KEPT, ofTurn.size());
        ofTurn.clear();
        Iterator<ByteBuffer> oldest = ahead.keySet().iterator();
        for (int i = ahead.size(); i > kept; i--) {
            oldest.next();
            oldest.remove();
        }
    }

    private static void subtract(Map<ByteBuffer, Integer> counts, ByteBuffer key, int events) {
        counts.computeIfPresent(key, (same, count) -> count > events ? count - events : null);
    }

    private static ByteBuffer digest(EventBatch event) {
        ByteBuffer bytes = ByteBuffer.allocate(event.encodedBytes());
        event.copyTo(bytes);
        try {
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Java without SHA-256", e);
        }
    }

    @Override
    public void finishDue() {
        // the channel looks after itself
    }

    @Override
    public void close() {
        // the agent closes the channel
    }
}
