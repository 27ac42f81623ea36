package org.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

class NullServerHandlerTest {
    /** Two frames with a buffer of 3 bytes each. */
    private static final byte[] TWO_FRAMES = HexFormat.ofDelimiter(" ")
            .parseHex("00 00 00 01 00 00 00 01 00 00 00 03 01 02 03 00 00 00 02 00 00 00 01 00 00 00 03 01 02 03");

    /** A frame is longer than a read as soon as its batch is: a disk that is spared the first reads of it is no measure. */
    @Test
    void allBytesOfARequestAreForcedHoweverItArrives() {
        for (int readBytes = 1; readBytes <= TWO_FRAMES.length; readBytes++) {
            List<Integer> forced = new ArrayList<>();
            LongAdder events = new LongAdder();
            EmbeddedChannel connection =
                    new EmbeddedChannel(new NullServerHandler(events, (context, answers, bytes) -> {
                        answers.release();
                        forced.add(bytes);
                    }));
            for (int from = 0; from < TWO_FRAMES.length; from += readBytes) {
                int length = Math.min(readBytes, TWO_FRAMES.length - from);
                connection.writeInbound(Unpooled.copiedBuffer(TWO_FRAMES, from, length));
            }

            assertThat(forced.stream().mapToInt(Integer::intValue).sum())
                    .as("in reads of %d bytes", readBytes)
                    .isEqualTo(TWO_FRAMES.length);
            assertThat(events.sum()).isEqualTo(2);
            connection.finishAndReleaseAll();
        }
    }
}
