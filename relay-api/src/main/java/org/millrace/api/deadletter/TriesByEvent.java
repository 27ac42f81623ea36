package org.millrace.api.deadletter;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;
import org.millrace.codec.EventReader;

/**
 * In how many turns each event has failed, of those that the channel gives again and again. They are known by a checksum of their
 * bytes: two that look alike share their tries. One thread.
 */
final class TriesByEvent {
    private static final int LEAST_KEPT = 10_000;

    private final Map<Long, Tries> tries = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Tries> eldest) {
            return size() > LEAST_KEPT + mostInOneTurn;
        }
    };

    private long turn;
    private int inThisTurn;
    /** Events of one turn must not push each other out: they would never come to an end. */
    private int mostInOneTurn;

    private record Tries(int turns, long lastTurn) {}

    static long key(EventReader event) {
        CRC32C sum = new CRC32C();
        int end = event.bodyOffset() + event.bodyLength();
        sum.update(event.array(), end - event.encodedBytes(), event.encodedBytes());
        return sum.getValue() << Integer.SIZE ^ event.encodedBytes();
    }

    /** Notes that an event fails in this turn; in how many it has, this one included. */
    int failed(long key) {
        inThisTurn++;
        mostInOneTurn = Math.max(mostInOneTurn, inThisTurn);
        Tries before = tries.getOrDefault(key, new Tries(0, -1));
        int turns = before.lastTurn == turn ? before.turns : before.turns + 1;
        tries.put(key, new Tries(turns, turn));
        return turns;
    }

    void forget(long key) {
        tries.remove(key);
    }

    void turnEnds() {
        turn++;
        inThisTurn = 0;
    }
}
