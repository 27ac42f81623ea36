package org.millrace.relay.source.syslog;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageFramerTest {
    private final List<String> messages = new ArrayList<>();
    private MessageFramer framer = framer(100, true);

    @Test
    void aMessageEndsWithItsLine() {
        read("<1>a\n\n\n<2>b\r\nplain\nrest");

        assertThat(messages).containsExactly("<1>a", "<2>b\r", "plain");
        assertThat(framer.isMidMessage()).isTrue();
    }

    @Test
    void aMessageMayHaveItsLengthInFront() {
        read("7 <1>a\nb 10 <2>a line\n<3>of its own\n");

        assertThat(messages).containsExactly("<1>a\nb ", "<2>a line", "<3>of its own");
        assertThat(framer.isMidMessage()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"12 monkeys", "12 <b>bold</b>", "7", "123456789 <1>x", "1 <1>x", "12<1>x", "0 <1>x"})
    void aLineThatOnlyBeginsLikeALengthIsALine(String line) {
        read(line + "\n<1>next\n");

        assertThat(messages).containsExactly(line, "<1>next");
    }

    @Test
    void lengthsCanBeLeftToBeText() {
        framer = framer(100, false);
        read("7 <1>a\nbc\n");

        assertThat(messages).containsExactly("7 <1>a", "bc");
    }

    @Test
    void aStreamMayBeCutAnywhere() {
        for (byte b : "7 <1>a\nbc10 <2>a line\n1\n12 <\n<3>x\n".getBytes(StandardCharsets.US_ASCII)) {
            framer.read(Unpooled.wrappedBuffer(new byte[] {b}));
        }

        assertThat(messages).containsExactly("<1>a\nbc", "<2>a line", "1", "12 <", "<3>x");
    }

    @Test
    void aMessageThatIsTooLongComesInPiecesOfWhichAllButTheLastAreCut() {
        framer = framer(10, true);
        read("<1>45678901234\n");
        read("<2>4567890\n<3>\n");

        assertThat(messages).containsExactly("<1>4567890!", "1234", "<2>4567890!", "<3>");
    }

    @Test
    void soDoesOneWithItsLengthInFront() {
        framer = framer(10, true);
        read("23 <1>45678901234567890123<2>x\n");

        assertThat(messages).containsExactly("<1>4567890!", "1234567890!", "123", "<2>x");
    }

    private MessageFramer framer(int maxBytes, boolean takesCounts) {
        return new MessageFramer(
                maxBytes,
                takesCounts,
                (bytes, length, isCut) ->
                        messages.add(new String(bytes, 0, length, StandardCharsets.US_ASCII) + (isCut ? "!" : "")));
    }

    private void read(String text) {
        framer.read(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
    }
}
