package org.millrace.durable.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.millrace.durable.format.Blocks;
import org.millrace.durable.storage.SimulatedDisks;
import org.millrace.durable.storage.SimulatedStorage;
import org.millrace.durable.storage.Storage;
import org.millrace.durable.storage.StorageFile;

/** Under which numbers the next hop gets events: whatever is lost of a log, none is given to two of them. */
final class SenderIdsTest {
    private final SimulatedDisks disks = new SimulatedDisks(3);
    private final SimulatedStorage one = disks.add("one", Long.MAX_VALUE);
    private final SimulatedStorage two = disks.add("two", Long.MAX_VALUE);
    private final TestLog test = new TestLog();

    /** A number that an event has: whose, and which. */
    private record Given(UUID sender, long sequence) {}

    @Test
    void stayTheSameOverARestart() throws Exception {
        List<Given> before = putAndClose(30, one, two);
        List<Given> more = putAndClose(10, one, two);

        try (DurableLog log = test.open(one, two)) {
            List<Given> all = new ArrayList<>(before);
            all.addAll(more);
            assertThat(numbers(log, 0, 40)).isEqualTo(all);
        }
    }

    @Test
    void areNotGivenAgainWithoutTheDirectoryThatHasTheNewestSegment() throws Exception {
        List<Given> given = putAndClose(3000, one, two);
        WrittenLog written = WrittenLog.in(one, two);
        Storage lost = written.places.get(written.places.size() - 1);
        SimulatedStorage left = lost == one ? two : one;
        left.delete(LogMeta.FILE); // as the message of the refused start has it

        List<Given> after = putAndClose(10, left);

        assertThat(after).extracting(Given::sequence).anyMatch(sequence -> sequence < 3000 && sequence > 1000);
        assertThat(after).doesNotContainAnyElementsOf(given);
    }

    @Test
    void areNotGivenAgainWithoutTheNewestSlot() throws Exception {
        List<Given> given = putAndClose(3000, one);
        WrittenLog written = WrittenLog.in(one);
        one.delete(written.slots.get(written.slots.size() - 1));

        List<Given> after = putAndClose(10, one);

        assertThat(after).extracting(Given::sequence).anyMatch(sequence -> sequence < 3000 && sequence > 1000);
        assertThat(after).doesNotContainAnyElementsOf(given);
    }

    @Test
    void areNotGivenAgainByACopyThatWasMadeBefore() throws Exception {
        List<Given> given = new ArrayList<>(putAndClose(10, one));
        Map<String, byte[]> copy = new HashMap<>();
        for (String file : one.list()) {
            copy.put(file, one.readAll(file));
        }
        given.addAll(putAndClose(10, one));
        for (String file : one.list()) {
            one.delete(file);
        }
        for (Map.Entry<String, byte[]> file : copy.entrySet()) {
            one.replace(file.getKey(), file.getValue());
        }

        assertThat(putAndClose(10, one)).doesNotContainAnyElementsOf(given);
    }

    @Test
    void ofALogWithoutAnyAreThoseOfItsId() throws Exception {
        LogImage image = new LogImage(one);
        image.roll(5);
        image.put(6);

        try (DurableLog log = test.open(one)) {
            assertThat(log.senderId(0)).isEqualTo(image.logId());
            assertThat(log.senderId(10)).isEqualTo(image.logId());
            assertThat(log.senderId(11)).isNotNull().isNotEqualTo(image.logId());
        }
    }

    @Test
    void areUnknownWhereTheFirstBlockIsDamaged() throws Exception {
        putAndClose(10, one);
        WrittenLog written = WrittenLog.in(one);
        try (StorageFile file = one.open(written.slots.get(0), Storage.Access.WRITE)) {
            byte[] noise = new byte[Blocks.BYTES];
            Arrays.fill(noise, (byte) 7);
            file.write(ByteBuffer.wrap(noise), 0);
            file.force();
        }

        try (DurableLog log = test.open(one)) {
            assertThat(log.senderId(9)).isNull();
            assertThat(log.senderId(10)).isNotNull();
        }
    }

    /** One start, and puts of ten events each; gives the events' numbers. */
    private List<Given> putAndClose(int events, Storage... directories) throws Exception {
        try (DurableLog log = test.open(directories)) {
            long first = log.recoveredEnd();
            for (long next = first; next < first + events; next += 10) {
                TestPut put = TestPut.numbered((int) next, 10);
                log.append(put);
                assertThat(put.get()).isEqualTo(next);
            }
            return numbers(log, first, first + events);
        }
    }

    private static List<Given> numbers(DurableLog log, long from, long to) {
        List<Given> numbers = new ArrayList<>();
        for (long sequence = from; sequence < to; sequence++) {
            UUID sender = log.senderId(sequence);
            assertThat(sender).isNotNull();
            numbers.add(new Given(sender, sequence));
        }
        return numbers;
    }
}
