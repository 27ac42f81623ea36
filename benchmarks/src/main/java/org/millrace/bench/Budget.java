package org.millrace.bench;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What our server must reach in a row of a {@link ResultTable}, beside another one in the same run. */
interface Budget {
    /** One line for whoever reads the table; empty if one of the figures is missing. */
    String verdict(ResultTable table, String ours);

    /**
     * Events per second, ours by the server's. Who waits for the disk cannot be asked for more than the bare disk takes; how near to
     * that ours is is told then.
     *
     * @param row its whole name
     * @param server to which one
     * @param least the ratio
     * @param disk the row's bare disk; null: the budget stands, whatever the disk
     */
    record Rate(
            String row,
            String server,
            double least,
            @Nullable String disk) implements Budget {
        @Override
        public String verdict(ResultTable table, String ours) {
            LoadResult own = table.result(row, ours);
            LoadResult other = table.result(row, server);
            if (own == null || other == null) {
                return "";
            }
            double ratio = own.eventsPerSecond() / other.eventsPerSecond();
            String asked = String.format(Locale.ROOT, "%s: %.2f x %s for %.2f, ", row, ratio, server, least);
            return asked + (ratio >= least ? "met" : missed(table, own, least * other.eventsPerSecond()));
        }

        private String missed(ResultTable table, LoadResult own, double wanted) {
            LoadResult bare = disk == null ? null : table.result(row, disk);
            if (bare == null) {
                return "missed";
            }
            double ofTheDisk = own.eventsPerSecond() / bare.eventsPerSecond();
            return bare.eventsPerSecond() < wanted
                    ? String.format(
                            Locale.ROOT,
                            "the bare disk has %.2f of that, and ours %.2f of the disk's",
                            bare.eventsPerSecond() / wanted,
                            ofTheDisk)
                    : String.format(Locale.ROOT, "missed, at %.2f of the bare disk's", ofTheDisk);
        }
    }

    /**
     * Half of the requests are answered within so many times what half of the server's take.
     *
     * @param row its whole name
     * @param server to which one
     * @param most the ratio
     */
    record Latency(String row, String server, double most) implements Budget {
        @Override
        public String verdict(ResultTable table, String ours) {
            LoadResult own = table.result(row, ours);
            LoadResult other = table.result(row, server);
            if (own == null || other == null) {
                return "";
            }
            double ratio = own.latencyMillis(50) / other.latencyMillis(50);
            return String.format(
                    Locale.ROOT,
                    "%s: p50 is %.2f x that of %s for at most %.2f, %s",
                    row,
                    ratio,
                    server,
                    most,
                    ratio <= most ? "met" : "missed");
        }
    }
}
