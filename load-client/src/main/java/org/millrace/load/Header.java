package org.millrace.load;

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import org.millrace.codec.EventBatchBuilder;

/** One header of all events, with a value by the event's number. The sender's thread. */
interface Header {
    /** Called before each batch. */
    default void beginBatch() {}

    /** Bytes that {@link #write} writes at most. */
    int mostBytes();

    /**
     * Writes name and value of an event as Avro encodes them in a map.
     *
     * @return where it ended
     */
    int write(long event, byte[] target, int offset);

    /** After how many events the values begin again; 1 for a constant, 0 if they never do. */
    long period();

    /** True if it does not matter after how many events they begin again, as they are drawn by chance. */
    default boolean isDrawn() {
        return false;
    }

    /** Name and value as they stand in an encoded map. */
    static byte[] pair(String name, String value) {
        byte[] map = EventBatchBuilder.encodeHeaders(Map.of(name, value)); // the count, the pair, the end
        byte[] pair = new byte[map.length - 2];
        System.arraycopy(map, 1, pair, 0, pair.length);
        return pair;
    }

    /** The same value in all events. */
    final class Constant implements Header {
        private final byte[] pair;

        Constant(String name, String value) {
            this.pair = pair(name, value);
        }

        @Override
        public int mostBytes() {
            return pair.length;
        }

        @Override
        public int write(long event, byte[] target, int offset) {
            System.arraycopy(pair, 0, target, offset, pair.length);
            return offset + pair.length;
        }

        @Override
        public long period() {
            return 1;
        }
    }

    /** Values that were drawn before, one for each of the first events. */
    final class Drawn implements Header {
        private final byte[][] pairs;
        private final int mostBytes;

        /** @param pairs as {@link #pair} makes them, taken over */
        Drawn(byte[][] pairs) {
            this.pairs = pairs;
            this.mostBytes =
                    Arrays.stream(pairs).mapToInt(pair -> pair.length).max().orElse(0);
        }

        @Override
        public int mostBytes() {
            return mostBytes;
        }

        @Override
        public int write(long event, byte[] target, int offset) {
            byte[] pair = pairs[(int) (event % pairs.length)];
            System.arraycopy(pair, 0, target, offset, pair.length);
            return offset + pair.length;
        }

        @Override
        public long period() {
            return pairs.length;
        }

        @Override
        public boolean isDrawn() {
            return true;
        }
    }

    /** Whole numbers, one after the other. */
    final class Counter implements Header {
        private static final int MOST_DIGITS = 20;
        private final byte[] name;
        private final NumberRange range;

        Counter(String name, NumberRange range) {
            byte[] empty = pair(name, "");
            this.name = new byte[empty.length - 1]; // without the value's length
            System.arraycopy(empty, 0, this.name, 0, this.name.length);
            this.range = range;
        }

        @Override
        public int mostBytes() {
            return name.length + 1 + MOST_DIGITS;
        }

        @Override
        public int write(long event, byte[] target, int offset) {
            System.arraycopy(name, 0, target, offset, name.length);
            int at = offset + name.length;
            long number = range.first() + event % range.size();
            int digits = 1;
            for (long left = number / 10; left > 0; left /= 10) {
                digits++;
            }
            target[at] = (byte) (2 * digits); // Avro's length, zigzag
            for (int i = digits; i > 0; i--) {
                target[at + i] = (byte) ('0' + number % 10);
                number /= 10;
            }
            return at + 1 + digits;
        }

        @Override
        public long period() {
            return range.size();
        }
    }

    /** The time at which the batch is made, in milliseconds since 1970, as an agent's timestamp interceptor writes it. */
    final class Now implements Header {
        private static final int MOST_DIGITS = 20;
        private final String name;
        private final InstantSource clock;
        private byte[] pair = {};

        Now(String name, InstantSource clock) {
            this.name = name;
            this.clock = clock;
        }

        @Override
        public void beginBatch() {
            pair = pair(name, Long.toString(clock.millis()));
        }

        @Override
        public int mostBytes() {
            return name.getBytes(StandardCharsets.UTF_8).length + 2 * MOST_DIGITS;
        }

        @Override
        public int write(long event, byte[] target, int offset) {
            System.arraycopy(pair, 0, target, offset, pair.length);
            return offset + pair.length;
        }

        @Override
        public long period() {
            return 0;
        }
    }
}
