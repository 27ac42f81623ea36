package org.millrace.load;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the events are. */
final class EventOptions {
    private static final int MOST_BATCH_EVENTS = 100_000;
    private static final int MOST_BATCH_BYTES = 64 << 20;

    @Option(names = "--batch", paramLabel = "EVENTS", description = "Events in a batch (100).")
    private int batchEvents = 100;

    @Option(
            names = "--body",
            paramLabel = "BYTES",
            description =
                    "Length of a body: 512, uniform:100..1000, normal:512,100 (mean, deviation), exp:512 (mean), or a list"
                            + " with weights such as 200*8,1000,4000 (512).")
    private @Nullable String body;

    @Option(
            names = "--lines",
            paramLabel = "FILE",
            description = "The bodies are the lines of this file, round and round.")
    private @Nullable Path lines;

    @Option(
            names = "--header",
            paramLabel = "NAME=VALUES",
            description = "A header: a value, a list to draw from such as web1,web2*8,web3, a counter such as 1..1000,"
                    + " @random:1..1000, @zipf:1..1000, or @now. May be repeated.")
    private List<String> headers = new ArrayList<>();

    @Option(names = "--seed", paramLabel = "N", description = "Chance: the same number brings the same events (4141).")
    private long seed = 4141;

    int batchEvents() {
        OptionException.requireBetween("--batch", batchEvents, 1, MOST_BATCH_EVENTS);
        return batchEvents;
    }

    /** For people. */
    String describe() {
        String bodies = lines != null ? "lines of " + lines : "bodies of " + (body == null ? "512" : body) + " bytes";
        String with = headers.isEmpty() ? "no headers" : "headers " + String.join(" ", headers);
        return "batches of " + batchEvents + ", " + bodies + ", " + with;
    }

    /** The caller closes them. */
    Events events() {
        SplittableRandom random = new SplittableRandom(seed);
        Bodies bodies = bodies(random);
        return PreparedEvents.of(bodies, headers(random), batchEvents());
    }

    private Bodies bodies(SplittableRandom random) {
        int mostBytes = MOST_BATCH_BYTES / batchEvents();
        if (lines != null) {
            Path file = lines;
            if (body != null) {
                throw new OptionException("--lines", file + " (expected: without --body)");
            }
            return OptionException.parse("--lines", () -> LineBodies.read(file, mostBytes));
        }
        String text = body == null ? "512" : body;
        BodySizes sizes = OptionException.parse("--body", () -> BodySizes.parse(text));
        if (sizes.longest() > mostBytes) {
            throw new OptionException(
                    "--body",
                    text + ", with bodies of up to " + sizes.longest() + " bytes (expected: at most " + mostBytes
                            + " in batches of " + batchEvents + ")");
        }
        return new DrawnBodies(sizes, random);
    }

    private List<Header> headers(SplittableRandom random) {
        OptionException.requireBetween("number of --header", headers.size(), 0, EncodedEvents.MOST_HEADERS);
        Set<String> names = new HashSet<>();
        HeaderParser parser = new HeaderParser(random, InstantSource.system());
        List<Header> parsed = new ArrayList<>();
        for (String text : headers) {
            parsed.add(OptionException.parse("--header", () -> parser.parse(text)));
            if (!names.add(HeaderParser.name(text))) {
                throw new OptionException("--header", text + " (expected: each name once)");
            }
        }
        return parsed;
    }
}
