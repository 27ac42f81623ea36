package org.millrace.durable.tool;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;

/** Reads everything and compares all checksums. */
@Command(
        name = "verify",
        description = "Read everything, compare all checksums, and say what is damaged. Changes nothing.",
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:nothing is lost or corrupt that a reader needs",
            "1:something is, or could not be read",
            "2:wrong command line"
        })
final class VerifyCommand extends LookingTask {
    private final Surroundings around;

    VerifyCommand(Surroundings around) {
        super(around);
        this.around = around;
    }

    @Override
    int tell(ChannelFiles files, boolean asJson) throws IOException {
        Verification verification = Verification.of(files, around);
        if (asJson) {
            around.out().println(Json.pretty(json(files, verification)));
        } else {
            print(verification);
        }
        return verification.isSound() ? Exit.DONE : Exit.FAILED;
    }

    private void print(Verification verification) {
        verification.findings().forEach(finding -> around.out().println(finding.line()));
        if (!verification.findings().isEmpty()) {
            around.out().println();
        }
        around.out()
                .println("read      " + Units.count(verification.segments(), "segment") + ", "
                        + Units.count(verification.events(), "event") + ", " + Units.bytes(verification.bytes()));
        for (Verification.Kind kind : Verification.Kind.values()) {
            List<Verification.Finding> found = verification.of(kind);
            if (!found.isEmpty() || kind.isDamage()) {
                around.out()
                        .println(String.format("%-8s  ", kind.word())
                                + Units.count(found.size(), "place")
                                + cost(found)
                                + (found.isEmpty() ? "" : ": " + kind.meaning()));
            }
        }
        around.out().println(verification.isSound() ? "sound" : "NOT SOUND");
    }

    private static String cost(List<Verification.Finding> found) {
        long events = found.stream().mapToLong(Verification.Finding::lostEvents).sum();
        return events == 0 ? "" : ", " + Units.count(events, "event");
    }

    private static Map<String, Object> json(ChannelFiles files, Verification verification) {
        Map<String, Object> json = Seen.json(files.view());
        json.put("sound", verification.isSound());
        json.put("segments", verification.segments());
        json.put("events", verification.events());
        json.put("bytes", verification.bytes());
        for (Verification.Kind kind : Verification.Kind.values()) {
            Map<String, Object> counts = new LinkedHashMap<>();
            counts.put("places", verification.of(kind).size());
            counts.put(
                    "events",
                    verification.of(kind).stream()
                            .mapToLong(Verification.Finding::lostEvents)
                            .sum());
            json.put(kind.key(), counts);
        }
        json.put(
                "findings",
                verification.findings().stream().map(Verification.Finding::json).toList());
        return json;
    }
}
