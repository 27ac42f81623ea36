package org.millrace.durable.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.millrace.durable.format.EventRange;
import org.millrace.durable.storage.SimulatedStorage;

final class RecoveryTest {
    private final SimulatedStorage storage = SimulatedStorage.withSeed(1);
    private final LogImage image = new LogImage(storage);

    @Test
    void findsNothingInAnEmptyDirectory() throws IOException {
        Recovered log = Logs.recover(storage);

        assertThat(log.endSequence()).isZero();
        assertThat(log.nextNumber()).isEqualTo(1);
        assertThat(log.segments().all()).isEmpty();
        assertThat(log.free()).isEmpty();
        assertThat(log.state().readers()).isEmpty();
        assertThat(Logs.recover(storage).logId()).as("the id stays").isEqualTo(log.logId());
    }

    @Test
    void findsEventsAndPositionsOfSeveralSegments() throws IOException {
        image.roll(3, 4);
        image.put(5);
        image.roll();
        image.commit(0, 2);
        image.put(1, 1);
        image.commit(5, 6);

        Recovered log = Logs.recover(storage);

        assertThat(log.endSequence()).isEqualTo(14);
        assertThat(log.nextNumber()).isEqualTo(3);
        assertThat(log.state().watermark(LogImage.READER)).isEqualTo(2);
        assertThat(log.state().committedAbove(LogImage.READER)).containsExactly(new EventRange(5, 6));
        assertThat(log.lostEvents()).isZero();
        assertThat(Logs.read(log)).isEqualTo(IntStream.range(0, 14).boxed().toList());
    }
}
