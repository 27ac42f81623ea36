package org.millrace.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LiveHeapTest {
    private static final int MEGABYTE = 1 << 20;

    private byte @Nullable [] held = new byte[8 * MEGABYTE];

    @Test
    void countsWhatIsHeldAndNotWhatWasLetGo() throws IOException {
        long pid = ProcessHandle.current().pid();
        assertThat(held).isNotNull();
        long with = LiveHeap.bytesOf(pid);
        held = null;

        assertThat(with - LiveHeap.bytesOf(pid)).isGreaterThan(4 * MEGABYTE);
    }
}
