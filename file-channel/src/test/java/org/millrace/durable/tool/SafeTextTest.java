package org.millrace.durable.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SafeTextTest {
    private final SafeText text = new SafeText();

    @Test
    void textIsShownAsItIs() {
        assertThat(shown("Grüße, 世界 😀".getBytes(StandardCharsets.UTF_8))).isEqualTo("Grüße, 世界 😀");
    }

    @Test
    void nothingSteersTheTerminalOrEndsTheLine() {
        assertThat(shown("a\u001b[2Jb\r\n\tc\u0007".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("a\\x1B[2Jb\\r\\n\\tc\\x07");
        assertThat(SafeText.oneLine("a\u202eb\u2028c")).isEqualTo("a\\u{202E}b\\u{2028}c");
        assertThat(SafeText.oneLine("C:\\x")).isEqualTo("C:\\\\x");
    }

    @Test
    void bytesThatAreNoTextAreShownOneByOne() {
        assertThat(shown(new byte[] {'a', (byte) 0xFF, 0, 'b'})).isEqualTo("a\\xFF\\x00b");
        assertThat(text.decode(new byte[] {(byte) 0xC3}, 0, 1)).isNull();
    }

    private String shown(byte[] bytes) {
        return text.oneLine(bytes, 0, bytes.length);
    }
}
