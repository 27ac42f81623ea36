package org.millrace.relay.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.millrace.relay.config.Finding;
import org.millrace.relay.config.Findings;

/** How the findings in a configuration are told. */
final class Report {
    private final Findings findings;
    private final List<String> propertyMistakes;
    private final boolean lenient;

    /** @param propertyMistakes what is wrong with system properties: no leniency there */
    Report(Findings findings, List<String> propertyMistakes, boolean lenient) {
        this.findings = findings;
        this.propertyMistakes = propertyMistakes;
        this.lenient = lenient;
    }

    /** True if nothing may start. */
    boolean isRefusal() {
        return !propertyMistakes.isEmpty() || (!lenient && !findings.mistakes().isEmpty());
    }

    /** The mistakes, each with its line, and how many they are. */
    void printRefusal(PrintWriter err) {
        int mistakes = printMistakes(err);
        err.println(mistakes + (mistakes == 1 ? " mistake" : " mistakes") + "; nothing was started");
    }

    /** Each with its line; how many they are. */
    int printMistakes(PrintWriter err) {
        List<String> mistakes = new ArrayList<>(lines(findings.mistakes()));
        if (lenient) {
            mistakes.addAll(lines(findings.dropped()));
        }
        mistakes.addAll(propertyMistakes);
        mistakes.forEach(err::println);
        return mistakes.size();
    }

    /** What to say about a configuration that may start. */
    List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        if (lenient) {
            warnings.addAll(lines(findings.mistakes()));
            warnings.addAll(lines(findings.dropped()));
        }
        warnings.addAll(lines(findings.notes()));
        return warnings;
    }

    private static List<String> lines(List<Finding> findings) {
        return findings.stream().map(Finding::toString).toList();
    }
}
