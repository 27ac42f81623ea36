package org.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrameWalkerTest {
    /** Serial 7 with buffers of 0, 1 and 2 bytes, then serial -1 with one of 3. */
    private static final byte[] TWO_FRAMES = HexFormat.ofDelimiter(" ")
            .parseHex("00 00 00 07 00 00 00 03 00 00 00 00 00 00 00 01 aa 00 00 00 02 bb cc"
                    + " ff ff ff ff 00 00 00 01 00 00 00 03 01 02 03");

    private final List<String> found = new ArrayList<>();
    private final FrameWalker walker = new FrameWalker() {
        @Override
        void frame(int serial, byte[] head, int headBytes, int lastTwo) {
            found.add(serial + " " + HexFormat.of().formatHex(head, 0, headBytes) + " " + Integer.toHexString(lastTwo));
        }
    };

    @Test
    void framesAreFoundWhereverTheyAreCut() {
        for (int cut = 0; cut <= TWO_FRAMES.length; cut++) {
            found.clear();
            ByteBuf in = Unpooled.wrappedBuffer(TWO_FRAMES);
            walker.walk(in.readSlice(cut));
            walker.walk(in);

            assertThat(found).as("cut at byte " + cut).containsExactly("7 aabbcc bbcc", "-1 010203 203");
        }
    }

    @Test
    void framesAreFoundByteByByte() {
        for (byte b : TWO_FRAMES) {
            walker.walk(Unpooled.wrappedBuffer(new byte[] {b}));
        }

        assertThat(found).containsExactly("7 aabbcc bbcc", "-1 010203 203");
    }
}
