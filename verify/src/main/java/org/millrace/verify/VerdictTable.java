package org.millrace.verify;

import java.io.PrintWriter;
import java.util.Locale;
import org.millrace.ledger.Ledger;

/** A verdict for people. */
final class VerdictTable {
    private final PrintWriter out;

    VerdictTable(PrintWriter out) {
        this.out = out;
    }

    void print(Verdict verdict) {
        Ledger ledger = verdict.ledger();
        line("run", "%s to %s, of %s", ledger.run(), String.join(", ", ledger.hosts()), ledger.started());
        if (!ledger.isComplete()) {
            line(
                    "",
                    "the ledger has no end: the load tester was killed, or the file was cut; what it had not noted is unknown");
        }
        line(
                "sent",
                "%,d events: %,d acked, %,d refused, %,d unknown",
                ledger.usedEnd(),
                ledger.acked().getLongCardinality(),
                ledger.refused().getLongCardinality(),
                ledger.unknownEvents());
        line(
                "found",
                "%,d different events: %,d acked, %,d refused, %,d unknown",
                verdict.distinct(),
                verdict.ackedFound(),
                verdict.refusedFound(),
                verdict.unknownFound());
        FileTally files = verdict.files();
        line("read", "%,d files, %,.1f MB", files.files(), files.bytes() / 1e6);
        line("lost", "%,d%s", verdict.lost(), numbers(verdict.lostNumbers()));
        Verdict.Copies copies = verdict.copies();
        line("duplicate", "%,d%s", copies.all(), numbers(copies.numbers()));
        if (copies.all() > 0) {
            line(
                    "",
                    "%,d of batches sent once, %,d of batches sent again to the same host, %,d of batches sent to several",
                    copies.ofSentOnce(),
                    copies.ofRetried(),
                    copies.ofMoved());
        }
        line("corrupt", "%,d events, %,d files", verdict.damaged(), files.brokenFiles());
        files.broken().forEach(file -> line("", "%s", file));
        line("unknown", "%,d that are not of this run", verdict.foreign() + verdict.neverSent());
        if (verdict.neverSent() > 0) {
            line("", "%,d of them with numbers that it has not sent", verdict.neverSent());
        }
        if (files.inUseFiles() > 0) {
            line(
                    "in use",
                    "%,d files, with %,d events, %,d of them nowhere else",
                    files.inUseFiles(),
                    verdict.inUse().events(),
                    verdict.inUse().onlyThere());
            files.inUse().forEach(file -> line("", "%s", file));
        }
        out.println(verdict.isGood() ? "nothing is lost or corrupt" : "NOT GOOD: something is lost or corrupt");
        out.flush();
    }

    private static String numbers(String numbers) {
        return numbers.isEmpty() ? "" : ": " + numbers;
    }

    private void line(String name, String format, Object... values) {
        out.printf("%-12s%s%n", name, String.format(Locale.ROOT, format, values));
    }
}
