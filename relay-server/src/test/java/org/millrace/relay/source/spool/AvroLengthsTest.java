package org.millrace.relay.source.spool;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AvroLengthsTest {
    @TempDir
    Path temporary;

    @Test
    void aLengthThatIsMoreThanTheMostIsRefusedAlthoughTheFileHasIt() throws IOException {
        byte[] header = AvroFiles.container(1, 0, 1);
        byte[] whole = AvroFiles.container(1, 100, 100);
        try (FileChannel file = FileChannel.open(Files.write(temporary.resolve("a"), whole))) {
            AvroLengths lengths = new AvroLengths(file, 500);
            assertThatCode(lengths::checkHeader).doesNotThrowAnyException();
            assertThatThrownBy(() -> lengths.checkBlock(header.length))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("expected: at most 500")
                    .hasMessageContaining("-Xmx");
            assertThatThrownBy(new AvroLengths(file, 20)::checkHeader)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("expected: at most 20");
        }
    }
}
