package org.millrace.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roaringbitmap.longlong.Roaring64Bitmap;

class LedgerTest {
    private static final UUID RUN = UUID.randomUUID();
    private static final Instant STARTED = Instant.parse("2026-11-28T20:00:00Z");
    private static final List<Integer> FIRST = List.of(0);
    private static final List<Integer> AGAIN = List.of(0, 0);
    private static final List<Integer> MOVED = List.of(0, 1);

    @TempDir
    Path dir;

    @Test
    void whatWasNotedIsReadBack() throws IOException {
        try (LedgerWriter writer = create("ledger")) {
            writer.reserve(60);
            writer.ended(0, 10, Fate.ACKED, FIRST);
            writer.ended(20, 10, Fate.ACKED, MOVED);
            writer.ended(10, 10, Fate.REFUSED, AGAIN);
            writer.ended(30, 10, Fate.UNKNOWN, AGAIN);
            writer.ended(40, 10, Fate.ACKED, AGAIN);
        }
        Ledger ledger = Ledger.read(dir.resolve("ledger"));
        assertThat(ledger.run()).isEqualTo(RUN);
        assertThat(ledger.hosts()).containsExactly("a:1", "[::1]:2");
        assertThat(ledger.started()).isEqualTo(STARTED);
        assertThat(ledger.isComplete()).isTrue();
        assertThat(ledger.usedEnd()).isEqualTo(60);
        assertThat(ledger.acked()).isEqualTo(ranges(0, 10, 20, 30, 40, 50));
        assertThat(ledger.refused()).isEqualTo(ranges(10, 20));
        assertThat(ledger.moved()).isEqualTo(ranges(20, 30));
        assertThat(ledger.retried()).isEqualTo(ranges(10, 20, 30, 50));
        assertThat(ledger.unknownEvents())
                .as("30 to 39, and 50 to 59 that nobody knows of")
                .isEqualTo(20);
    }

    @Test
    void batchesThatFollowOnOneAnotherTakeOneRecordInWhicheverOrderTheyEnd() throws IOException {
        int batches = 100_000;
        try (LedgerWriter writer = create("ledger")) {
            writer.reserve(batches);
            for (int i = 0; i < batches; i += 2) {
                writer.ended(i + 1, 1, Fate.ACKED, FIRST);
                writer.ended(i, 1, Fate.ACKED, FIRST);
            }
        }
        assertThat(Ledger.read(dir.resolve("ledger")).acked().getLongCardinality())
                .isEqualTo(batches);
        assertThat(Files.size(dir.resolve("ledger"))).isLessThan(20_000);
    }

    /** As a kill leaves it: nothing that is told is wrong, and what may have been sent is told before anything can be acked. */
    @Test
    void aLedgerCutAtAnyByteTellsWhatStoodInFrontOfTheCut() throws IOException {
        byte[] whole = fourAckedOneByOne();
        long ackedBefore = 0;
        int headEnd = 0;
        for (int cut = 0; cut <= whole.length; cut++) {
            Path file = Files.write(dir.resolve("cut"), Arrays.copyOf(whole, cut));
            Ledger ledger;
            try {
                ledger = Ledger.read(file);
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("not a ledger that can be read: its head cannot be read");
                assertThat(headEnd).as("a cut behind the head is no obstacle").isZero();
                continue;
            }
            headEnd = headEnd == 0 ? cut : headEnd;
            long acked = ledger.acked().getLongCardinality();
            assertThat(acked)
                    .as("cut at %d", cut)
                    .isGreaterThanOrEqualTo(ackedBefore)
                    .isLessThanOrEqualTo(40);
            assertThat(ledger.acked()).isEqualTo(ranges(0, acked));
            assertThat(acked).isLessThanOrEqualTo(ledger.usedEnd());
            assertThat(ledger.isComplete()).isEqualTo(cut == whole.length);
            ackedBefore = acked;
        }
        assertThat(headEnd).isBetween(1, whole.length - 1);
        assertThat(ackedBefore).isEqualTo(40);
    }

    @Test
    void aChangedByteIsNeverTakenForTheTruth() throws IOException {
        byte[] whole = fourAckedOneByOne();
        Ledger right = Ledger.read(Files.write(dir.resolve("right"), whole));
        int refused = 0;
        for (int at = 0; at < whole.length; at++) {
            byte[] changed = whole.clone();
            changed[at] ^= 0x10;
            Path file = Files.write(dir.resolve("changed"), changed);
            try {
                Ledger ledger = Ledger.read(file);
                Roaring64Bitmap tooMuch = Roaring64Bitmap.andNot(ledger.acked(), right.acked());
                assertThat(tooMuch.isEmpty()).as("byte %d", at).isTrue();
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("changed: ");
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(whole.length / 2);
    }

    @Test
    void fatesReachTheFileWhileTheRunLasts() throws IOException {
        try (LedgerWriter writer = create("ledger")) {
            writer.reserve(10);
            writer.ended(0, 10, Fate.ACKED, FIRST);
            Awaitility.await()
                    .until(() -> Ledger.read(dir.resolve("ledger")).acked().getLongCardinality() == 10);
            Ledger ledger = Ledger.read(dir.resolve("ledger"));
            assertThat(ledger.isComplete()).isFalse();
            assertThat(ledger.usedEnd()).isGreaterThan(10);
        }
    }

    @Test
    void aLedgerIsNeverWrittenOver() throws IOException {
        Files.writeString(dir.resolve("ledger"), "precious");
        assertThatThrownBy(() -> create("ledger")).hasMessageContaining("is there already (expected: a new file");
        assertThat(dir.resolve("ledger")).hasContent("precious");
    }

    @Test
    void whatIsNoLedgerIsNamed() throws IOException {
        Path text = Files.writeString(dir.resolve("text"), "events and more events");
        assertThatThrownBy(() -> Ledger.read(text))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(text + ": not a ledger that can be read: its head cannot be read");
        assertThatThrownBy(() -> Ledger.read(dir.resolve("none"))).hasMessageContaining("none: no such file");
    }

    private byte[] fourAckedOneByOne() throws IOException {
        try (LedgerWriter writer = create("whole")) {
            writer.reserve(40);
            for (int i = 0; i < 4; i++) {
                int first = 10 * i;
                writer.ended(first, 10, Fate.ACKED, FIRST);
                Awaitility.await()
                        .until(() -> Ledger.read(dir.resolve("whole")).acked().contains(first));
            }
        }
        return Files.readAllBytes(dir.resolve("whole"));
    }

    private LedgerWriter create(String name) throws IOException {
        return LedgerWriter.create(dir.resolve(name), RUN, List.of("a:1", "[::1]:2"), STARTED);
    }

    private static Roaring64Bitmap ranges(long... bounds) {
        Roaring64Bitmap set = new Roaring64Bitmap();
        for (int i = 0; i < bounds.length; i += 2) {
            if (bounds[i] < bounds[i + 1]) {
                set.addRange(bounds[i], bounds[i + 1]);
            }
        }
        return set;
    }
}
