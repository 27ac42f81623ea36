package org.millrace.relay.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventReader;
import org.millrace.testkit.Batches;

class EventDumpTest {
    @Test
    void anEventIsShownAsFlumeShowsIt() {
        assertThat(dump(16, Map.of("host", "edge-7"), "Hello"))
                .isEqualTo("{ headers:{host=edge-7} body: 48 65 6C 6C 6F                                  Hello }");
    }

    @Test
    void aFullRowLeavesNoGap() {
        assertThat(dump(16, Map.of(), "0123456789abcdef"))
                .isEqualTo("{ headers:{} body: 30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66 0123456789abcdef }");
    }

    @Test
    void onlySoManyBytesAreShown() {
        assertThat(dump(2, Map.of(), "Hello"))
                .isEqualTo("{ headers:{} body: 48 65                                           He }");
        assertThat(dump(0, Map.of(), "Hello")).isEqualTo("{ headers:{} body: }");
    }

    @Test
    void anEmptyBodyIsShownAsNothing() {
        assertThat(dump(16, Map.of(), "")).isEqualTo("{ headers:{} body: }");
    }

    @Test
    void furtherRowsStartWithTheirOffset() {
        assertThat(dump(100, Map.of(), "0123456789abcdefXY"))
                .isEqualTo("{ headers:{} body: 30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66 0123456789abcdef"
                        + System.lineSeparator()
                        + "00000010 58 59                                           XY }");
    }

    @Test
    void whatIsNotPrintableIsADot() {
        assertThat(dump(16, Map.of(), "a\n\u007F\u00E9"))
                .endsWith(" 61 0A 7F C3 A9                                  a.... }");
    }

    private static String dump(int maxBytes, Map<String, String> headers, String body) {
        EventBatch batch = Batches.of(headers, body);
        try {
            EventReader event = batch.reader();
            event.next();
            return new EventDump(maxBytes).of(event);
        } finally {
            batch.release();
        }
    }
}
