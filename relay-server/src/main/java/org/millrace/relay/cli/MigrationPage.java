package org.millrace.relay.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.millrace.relay.config.Difference;
import org.millrace.relay.config.Difference.Standing;

/** All differences from Flume, as a page of Markdown. */
final class MigrationPage {
    private static final String HEAD = """
            # From Flume to Millrace

            Made by `bin/millrace migrate --markdown` from the table that `millrace migrate` goes by; do not edit.

            ## How to move an agent

            1. `millrace migrate FILE` lists what of the table below concerns the agents of that file, with file and line, and what Flume has
               silently made of each mistake in it. Exit code 0: it can be started as it is; 1: something has to be changed before.
            2. Change what it says, until `millrace validate -n NAME -f FILE` is content.
            3. Stop what sends to the agent, or let it wait, and let Flume drain its file channels: their files are not read here. Stop Flume.
            4. Start `bin/flume-ng` of Millrace with the options that Flume had. Senders and receivers need no change: wire, file names and names
               of metrics are Flume's. Agents of both kinds work together, so they can be moved one by one.
            5. Back again is the same way: stop Millrace when its channels are empty, and start Flume.

            What the words mean: **change**: it does not start, or does not do what it did; **differs**: it starts and behaves otherwise; **advice**: it
            behaves as in Flume, and should not; **better**: nothing to do.
            """;

    private final StringBuilder text = new StringBuilder(HEAD);

    private MigrationPage() {}

    static String of(List<Difference> differences) {
        MigrationPage page = new MigrationPage();
        Map<String, StringBuilder> tables = new LinkedHashMap<>();
        for (Difference difference : differences) {
            if (difference.standing() != Standing.MISTAKE) {
                row(
                        tables.computeIfAbsent(difference.where(), where -> new StringBuilder()),
                        difference.standing().name().toLowerCase(Locale.ROOT),
                        condition(difference.when()),
                        difference.flume(),
                        difference.millrace(),
                        difference.advice());
            }
        }
        tables.forEach((where, rows) -> page.text
                .append("\n## ")
                .append(title(where))
                .append("\n\n| | where | Flume 1.11 | Millrace | to do |\n|---|---|---|---|---|\n")
                .append(rows));
        page.mistakes(differences);
        return page.text.toString();
    }

    private void mistakes(List<Difference> differences) {
        text.append(
                        "\n## Mistakes\n\nMillrace refuses them all at once, with file and line, and exit status 78. What Flume makes of them:\n")
                .append("\n| mistake | Flume 1.11 | to do |\n|---|---|---|\n");
        for (Difference difference : differences) {
            if (difference.standing() == Standing.MISTAKE) {
                row(text, difference.millrace(), difference.flume(), difference.advice());
            }
        }
    }

    private static String title(String where) {
        int blank = where.lastIndexOf(' ');
        if (where.endsWith(" *")) {
            return "every " + where.substring(0, blank);
        }
        return blank < 0 ? where : where.substring(0, blank) + " `" + where.substring(blank + 1) + "`";
    }

    private static String condition(String when) {
        StringBuilder shown = new StringBuilder();
        for (String part : when.split(" ")) {
            if (!part.isEmpty()) {
                shown.append(shown.length() == 0 ? "" : ", ")
                        .append(part.startsWith("!") ? "no `" + part.substring(1) + "`" : "`" + part + "`");
            }
        }
        return shown.toString();
    }

    private static void row(StringBuilder table, String... cells) {
        table.append('|');
        for (String cell : cells) {
            table.append(' ').append(cell.replace("|", "\\|")).append(" |");
        }
        table.append('\n');
    }
}
