package org.millrace.load;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * How long bodies are: {@code 512}, {@code uniform:100..1000}, {@code normal:512,100} (mean and standard deviation), {@code exp:512}
 * (mean), or {@code 200*8,1000,4000}, in which a length with a weight of 8 is drawn eight times as often as one without.
 *
 * @param draw one length
 * @param longest that can be drawn: what a normal or exponential one makes longer is cut to it
 * @param isFixed there is but one
 */
record BodySizes(Draw draw, int longest, boolean isFixed) {
    /** Six standard deviations: passed once in a thousand million draws. */
    private static final int MOST_DEVIATIONS = 6;
    /** Sixteen times the mean: passed once in nine million draws. */
    private static final int MOST_MEANS = 16;

    private static final String EXPECTED =
            " (expected: such as 512, uniform:100..1000, normal:512,100, exp:512 or 200*8,1000,4000)";

    /** Draws a length in bytes. */
    interface Draw {
        int next(SplittableRandom random);
    }

    /** @throws IllegalArgumentException with what was expected */
    static BodySizes parse(String text) {
        try {
            int colon = text.indexOf(':');
            String given = text.substring(colon + 1);
            return switch (text.substring(0, Math.max(0, colon))) {
                case "" -> list(text);
                case "uniform" -> uniform(NumberRange.parse(given));
                case "normal" -> normal(given);
                case "exp" -> exponential(size(given));
                default -> throw new IllegalArgumentException(text);
            };
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(text + EXPECTED, e);
        }
    }

    private static BodySizes list(String text) {
        WeightedList.Builder sizes = new WeightedList.Builder();
        List<Integer> bytes = new ArrayList<>();
        for (String item : text.split(",", -1)) {
            int star = item.indexOf('*');
            bytes.add(size(star < 0 ? item : item.substring(0, star)));
            sizes.add(star < 0 ? 1 : (double) Units.parsePositiveCount(item.substring(star + 1)));
        }
        WeightedList list = sizes.build();
        int longest = bytes.stream().mapToInt(Integer::intValue).max().orElseThrow();
        return new BodySizes(random -> bytes.get(list.draw(random)), longest, bytes.size() == 1);
    }

    private static BodySizes uniform(NumberRange range) {
        int most = Math.toIntExact(Math.min(range.last(), Integer.MAX_VALUE));
        int least = (int) range.first();
        return new BodySizes(random -> (int) random.nextLong(least, most + 1L), most, least == most);
    }

    private static BodySizes normal(String given) {
        int comma = given.indexOf(',');
        if (comma < 0) {
            throw new IllegalArgumentException(given);
        }
        int mean = size(given.substring(0, comma));
        int deviation = size(given.substring(comma + 1));
        int most = cut(mean + (long) MOST_DEVIATIONS * deviation);
        // Box and Muller: SplittableRandom has no normal numbers of its own in every JDK that we run on
        Draw draw = random -> {
            double radius = Math.sqrt(-2 * Math.log(1 - random.nextDouble()));
            double standard = radius * Math.cos(2 * Math.PI * random.nextDouble());
            return (int) Math.max(0, Math.min(most, Math.round(mean + deviation * standard)));
        };
        return new BodySizes(draw, most, deviation == 0);
    }

    private static BodySizes exponential(int mean) {
        int most = cut((long) MOST_MEANS * mean);
        Draw draw = random -> (int) Math.min(most, Math.round(-mean * Math.log(1 - random.nextDouble())));
        return new BodySizes(draw, most, mean == 0);
    }

    private static int size(String text) {
        return cut(Units.parseCount(text));
    }

    /** So long that the limit on a batch refuses it by name. */
    private static int cut(long bytes) {
        return (int) Math.min(bytes, Integer.MAX_VALUE);
    }
}
