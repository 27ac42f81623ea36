package org.millrace.verify;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.millrace.ledger.EventMark;
import org.millrace.ledger.Fate;
import org.millrace.ledger.Ledger;
import org.millrace.ledger.LedgerWriter;

/**
 * A run as a test tells it: batches of ten, 0 to 9 acked, 10 to 19 acked after a second try at the same host, 20 to 29 acked by another
 * host, 30 to 39 refused, 40 to 49 unknown.
 */
final class CraftedRun {
    static final UUID RUN = UUID.fromString("0c5f19e2-1111-4222-8333-444444444444");
    private static final EventMark MARK = new EventMark(RUN);

    private CraftedRun() {}

    static Path write(Path file) throws IOException {
        try (LedgerWriter writer =
                LedgerWriter.create(file, RUN, List.of("a:1", "b:2"), Instant.parse("2026-11-28T20:00:00Z"))) {
            writer.reserve(50);
            writer.ended(0, 10, Fate.ACKED, List.of(0));
            writer.ended(10, 10, Fate.ACKED, List.of(0, 0));
            writer.ended(20, 10, Fate.ACKED, List.of(0, 1));
            writer.ended(30, 10, Fate.REFUSED, List.of(0));
        }
        return file;
    }

    static Ledger ledger(Path dir) throws IOException {
        return Ledger.read(write(dir.resolve("ledger")));
    }

    /** A body as it was sent. */
    static byte[] event(long number) {
        byte[] body = ("event " + number).getBytes(StandardCharsets.UTF_8);
        byte[] event = new byte[EventMark.BYTES + body.length];
        System.arraycopy(body, 0, event, EventMark.BYTES, body.length);
        MARK.write(event, 0, body.length, number);
        return event;
    }

    static byte[] lines(long first, long end) {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (long number = first; number < end; number++) {
            lines.writeBytes(event(number));
            lines.write('\n');
        }
        return lines.toByteArray();
    }
}
