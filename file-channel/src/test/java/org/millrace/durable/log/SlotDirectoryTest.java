package org.millrace.durable.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.durable.storage.SimulatedStorage;
import org.millrace.durable.storage.Storage;

final class SlotDirectoryTest {
    private final TestLog test = new TestLog();

    @Test
    void slotsHavePlainDigitsWhateverTheLanguage() {
        Locale usual = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
        try {
            assertThat(SlotDirectory.name(12)).isEqualTo("slot-0012.seg");
        } finally {
            Locale.setDefault(usual);
        }
    }

    @ParameterizedTest
    @CsvSource({"No space left on device, true", "Disk quota exceeded, true", "Input/output error, false"})
    void tellsADiskThatIsFullFromOneThatFails(String message, boolean isDiskFull) {
        Storage full = RefusingStorage.of(
                SimulatedStorage.withSeed(1), "createZeroed", SlotDirectory.name(1), new IOException(message));
        SlotDirectory directory = new SlotDirectory(full, test.settings(), test.patience);

        assertThat(directory.grow()).isNull();

        NoSlotException refusal = Objects.requireNonNull(directory.refusal());
        assertThat(refusal.isDiskFull()).isEqualTo(isDiskFull);
        assertThat(refusal).hasMessageContaining(message);
    }
}
