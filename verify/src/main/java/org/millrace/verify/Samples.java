package org.millrace.verify;

import java.util.ArrayList;
import java.util.List;
import org.roaringbitmap.longlong.LongIterator;
import org.roaringbitmap.longlong.Roaring64Bitmap;

/** The first few ranges of a lot of numbers, to look for by hand. One thread at a time. */
final class Samples {
    private static final int MOST = 10;

    private final List<long[]> ranges = new ArrayList<>();
    private boolean isCut;

    static String of(Roaring64Bitmap numbers) {
        Samples samples = new Samples();
        LongIterator all = numbers.getLongIterator();
        while (all.hasNext() && !samples.isCut) {
            samples.add(all.next());
        }
        return samples.toString();
    }

    void add(long number) {
        long[] last = ranges.isEmpty() ? null : ranges.get(ranges.size() - 1);
        if (last != null && last[1] + 1 == number) {
            last[1] = number;
        } else if (ranges.size() < MOST) {
            ranges.add(new long[] {number, number});
        } else {
            isCut = true;
        }
    }

    /** {@code 5, 7-12, ...}; empty if there are none. */
    @Override
    public String toString() {
        List<String> texts = new ArrayList<>();
        for (long[] range : ranges) {
            texts.add(range[0] == range[1] ? Long.toString(range[0]) : range[0] + "-" + range[1]);
        }
        return String.join(", ", texts) + (isCut ? ", ..." : "");
    }
}
