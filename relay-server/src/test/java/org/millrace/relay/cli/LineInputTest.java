package org.millrace.relay.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineInputTest {
    @Test
    void linesEndWithANewlineWithOrWithoutACarriageReturn() throws IOException {
        assertThat(lines("a\nb\r\n\n\r\nc\rd\n")).containsExactly("a", "b", "", "", "c\rd");
    }

    @Test
    void theLastLineNeedsNoNewline() throws IOException {
        assertThat(lines("a\nb")).containsExactly("a", "b");
        assertThat(lines("a\nb\r")).containsExactly("a", "b\r");
        assertThat(lines("")).isEmpty();
    }

    @Test
    void bytesAreLeftAsTheyAre() throws IOException {
        assertThat(lines("\u00ff\u00fe\u0000\n\u0080")).containsExactly("\u00ff\u00fe\u0000", "\u0080");
    }

    @Test
    void linesMayBeLongerThanTheBuffer() throws IOException {
        String longLine = "x".repeat(200_000);
        assertThat(lines(longLine + "\nshort\n" + longLine)).containsExactly(longLine, "short", longLine);
    }

    @Test
    void linesAreFoundHoweverTheInputIsCut() throws IOException {
        InputStream byteByByte = new ByteArrayInputStream("one\ntwo\r\nthree".getBytes(ISO_8859_1)) {
            @Override
            public synchronized int read(byte[] into, int offset, int length) {
                return super.read(into, offset, Math.min(1, length));
            }
        };
        assertThat(read(new LineInput(byteByByte))).containsExactly("one", "two", "three");
    }

    @Test
    void itSaysWhenTheNextLineWouldHaveToBeWaitedFor() throws IOException {
        LineInput input = new LineInput(new ByteArrayInputStream("a\nb\npart".getBytes(ISO_8859_1)));
        assertThat(input.next()).isTrue();
        assertThat(input.wouldWait()).isFalse();
        assertThat(input.next()).isTrue();
        assertThat(input.wouldWait()).isTrue();
    }

    private static List<String> lines(String text) throws IOException {
        return read(new LineInput(new ByteArrayInputStream(text.getBytes(ISO_8859_1))));
    }

    private static List<String> read(LineInput input) throws IOException {
        List<String> lines = new ArrayList<>();
        while (input.next()) {
            lines.add(new String(input.array(), input.offset(), input.length(), ISO_8859_1));
        }
        return lines;
    }
}
