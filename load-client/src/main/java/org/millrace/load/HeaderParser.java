package org.millrace.load;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntFunction;

/**
 * Reads {@code NAME=VALUES}. VALUES are
 *
 * <ul>
 *   <li>{@code web1}: the same in all events
 *   <li>{@code web1,web2*8,web3}: one of them by chance; with a weight it is drawn so many times as often as one without
 *   <li>{@code 1..1000}: one number after the other, round and round
 *   <li>{@code @random:1..1000}, {@code @zipf:1..1000}: a number by chance, each as often, or the n-th 1/n times as often as the first
 *   <li>{@code @now}: the time at which the batch is made, in milliseconds since 1970
 * </ul>
 *
 * and a backslash takes the meaning from the character behind it.
 */
final class HeaderParser {
    private static final long MOST_DRAWN_FROM = 1_000_000;

    private final SplittableRandom random;
    private final InstantSource clock;

    HeaderParser(SplittableRandom random, InstantSource clock) {
        this.random = random;
        this.clock = clock;
    }

    /** @throws IllegalArgumentException with what was expected */
    Header parse(String text) {
        String name = name(text);
        String values = text.substring(text.indexOf('=') + 1);
        if (values.equals("@now")) {
            return new Header.Now(name, clock);
        }
        if (values.startsWith("@random:")) {
            NumberRange range = range(values);
            WeightedList.Builder equal = new WeightedList.Builder();
            for (long i = 0; i < range.size(); i++) {
                equal.add(1);
            }
            return drawn(name, equal.build(), place -> Long.toString(range.first() + place));
        }
        if (values.startsWith("@zipf:")) {
            NumberRange range = range(values);
            return drawn(name, WeightedList.zipf((int) range.size()), place -> Long.toString(range.first() + place));
        }
        if (values.startsWith("@")) {
            throw new IllegalArgumentException(
                    text + " (expected: @now, @random:1..1000, @zipf:1..1000, or \\@ for the character)");
        }
        if (NumberRange.isOne(values)) {
            return new Header.Counter(name, NumberRange.parse(values));
        }
        return list(name, values);
    }

    /** What stands before the first {@code =}. */
    static String name(String text) {
        int equals = text.indexOf('=');
        if (equals < 1) {
            throw new IllegalArgumentException(text + " (expected: NAME=VALUE)");
        }
        return text.substring(0, equals);
    }

    private static NumberRange range(String values) {
        NumberRange range = NumberRange.parse(values.substring(values.indexOf(':') + 1));
        if (range.size() > MOST_DRAWN_FROM) {
            throw new IllegalArgumentException(values + " are " + range.size() + " numbers (expected: at most "
                    + MOST_DRAWN_FROM + " to draw from)");
        }
        return range;
    }

    private Header list(String name, String values) {
        List<String> items = new ArrayList<>();
        WeightedList.Builder weights = new WeightedList.Builder();
        StringBuilder item = new StringBuilder();
        int star = -1;
        for (int i = 0; i <= values.length(); i++) {
            char c = i == values.length() ? ',' : values.charAt(i);
            if (i == values.length() || c == ',') {
                weights.add(star < 0 ? 1 : weight(values, item.substring(star)));
                items.add(star < 0 ? item.toString() : item.substring(0, star));
                item.setLength(0);
                star = -1;
            } else if (c == '*' && star < 0) {
                star = item.length();
            } else if (c == '\\' && i + 1 < values.length()) {
                item.append(values.charAt(++i));
            } else {
                item.append(c);
            }
        }
        return items.size() == 1 ? new Header.Constant(name, items.get(0)) : drawn(name, weights.build(), items::get);
    }

    private static double weight(String values, String text) {
        try {
            return (double) Units.parsePositiveCount(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    values + ": *" + text + " (expected: a weight such as *8, or \\* for the character)", e);
        }
    }

    private Header drawn(String name, WeightedList list, IntFunction<String> values) {
        byte[][] pairs = new byte[DrawnBodies.DRAWS][];
        for (int i = 0; i < pairs.length; i++) {
            pairs[i] = Header.pair(name, values.apply(list.draw(random)));
        }
        return new Header.Drawn(pairs);
    }
}
