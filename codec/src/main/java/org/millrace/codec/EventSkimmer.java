package org.millrace.codec;

/**
 * Gets over events as nearly all senders write them: header maps in blocks of a positive count, every length of at most two bytes
 * and in the shortest form, everything there. It works in local variables, so that the compiler keeps them in registers; it stops
 * before the first event that is not so plain, and leaves it to {@link BatchScanner} to read that one or to say what is wrong with it.
 */
final class EventSkimmer {
    private static final int NOT_PLAIN = -1;

    private int position;
    private long bodyBytes;

    /** Behind the last event that {@link #skim} got over. */
    int position() {
        return position;
    }

    /** Bytes of the bodies of all events that {@link #skim} got over. */
    long bodyBytes() {
        return bodyBytes;
    }

    /**
     * Gets over events.
     *
     * @param from where the first one starts in the array
     * @param end behind the last byte that may be looked at
     * @return how many it got over, at most {@code events}
     */
    int skim(byte[] array, int from, int end, int events, int maxHeaderBytes) {
        int start = from;
        long bodies = 0;
        int done = 0;
        while (done < events) {
            int body = skimHeaders(array, start, end);
            if (body == NOT_PLAIN || body - start > maxHeaderBytes) {
                break;
            }
            int next = skimRun(array, body, end);
            if (next == NOT_PLAIN) {
                break;
            }
            bodies += next - body - (array[body] >= 0 ? 1 : 2);
            start = next;
            done++;
        }
        position = start;
        bodyBytes = bodies;
        return done;
    }

    private static int skimHeaders(byte[] array, int from, int end) {
        int at = from;
        while (at < end) {
            int count = array[at++];
            if (count == 0) {
                return at;
            }
            if (count < 0 || (count & 1) != 0) {
                return NOT_PLAIN; // many entries, or a negative count
            }
            for (int runs = count; runs > 0; runs--) { // zig-zag has doubled it: a name and a value each
                at = skimRun(array, at, end);
                if (at == NOT_PLAIN) {
                    return NOT_PLAIN;
                }
            }
        }
        return NOT_PLAIN;
    }

    /** Behind a length and the bytes that it counts. */
    private static int skimRun(byte[] array, int at, int end) {
        if (at + 1 >= end) {
            return NOT_PLAIN;
        }
        int zigzag = array[at];
        int next = at + 1;
        if (zigzag < 0) {
            int high = array[next++];
            if (high <= 0) {
                return NOT_PLAIN; // a longer number, or one that is longer than need be
            }
            zigzag = (zigzag & 0x7F) | high << 7;
        }
        next += zigzag >>> 1;
        return (zigzag & 1) == 0 && next <= end ? next : NOT_PLAIN;
    }
}
