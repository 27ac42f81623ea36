package org.millrace.bench;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What our server must reach in a row of a {@link ResultTable}, beside another one in the same run. */
interface Budget {
    /** Its whole name. */
    String row();

    /** The other one. */
    String server();

    /** What is asked, what there is, and whether that is enough. Both have answered something. */
    String judge(LoadResult own, LoadResult other, ResultTable table);

    /** One line for whoever reads the table; empty if the row was not run, or not by both. */
    default String verdict(ResultTable table, String ours) {
        LoadResult own = table.result(row(), ours);
        LoadResult other = table.result(row(), server());
        if (own == null || other == null) {
            return "";
        }
        if (own.events() == 0 || other.events() == 0) {
            return row() + ": missed, for want of an answer from " + (own.events() == 0 ? ours : server());
        }
        String failures = own.failedEvents() == 0 ? "" : "; " + own.failedEvents() + " events of ours failed";
        return row() + ": " + judge(own, other, table) + failures;
    }

    /**
     * Events per second, ours by the server's.
     *
     * @param least the ratio
     * @param disk the row's bare disk, which says how much of what is missing is ours; null: the disk is no matter
     */
    record Rate(
            String row,
            String server,
            double least,
            @Nullable String disk) implements Budget {
        @Override
        public String judge(LoadResult own, LoadResult other, ResultTable table) {
            double ratio = own.eventsPerSecond() / other.eventsPerSecond();
            String asked = String.format(Locale.ROOT, "%.2f x %s for %.2f, ", ratio, server, least);
            return asked + (ratio >= least ? "met" : "missed" + byTheDisk(table, own, least * other.eventsPerSecond()));
        }

        private String byTheDisk(ResultTable table, LoadResult own, double wanted) {
            LoadResult bare = disk == null ? null : table.result(row, disk);
            return bare == null || bare.events() == 0
                    ? ""
                    : String.format(
                            Locale.ROOT,
                            ": ours is %.2f of the bare disk's, and that is %.2f of what is asked",
                            own.eventsPerSecond() / bare.eventsPerSecond(),
                            bare.eventsPerSecond() / wanted);
        }
    }

    /**
     * Half of the requests are answered within so many times what half of the server's take.
     *
     * @param most the ratio
     */
    record Latency(String row, String server, double most) implements Budget {
        @Override
        public String judge(LoadResult own, LoadResult other, ResultTable table) {
            double ratio = own.latencyMillis(50) / other.latencyMillis(50);
            String verdict = ratio <= most ? "met" : "missed";
            return String.format(
                    Locale.ROOT, "p50 is %.2f x that of %s for at most %.2f, %s", ratio, server, most, verdict);
        }
    }
}
