package org.millrace.relay.source.spool;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.relay.source.file.ByteScan;
import org.millrace.relay.source.spool.LineFormat.DecodeErrors;

class LineReaderTest {
    @TempDir
    Path directory;

    @Test
    void linesEndAtNewlinesOnlyAndLongOnesGoOnInTheNextEvent() throws IOException {
        assertThat(read("short\r\nabcdefghijklmno\n\nlast", utf8(10)))
                .containsExactly("short\r", "abcdefghij", "klmno", "", "last");
    }

    @Test
    void aLineOfExactlyTheMaximumIsOneEvent() throws IOException {
        assertThat(read("0123456789\nabcdefghijABCDEFGHIJ\nx", utf8(10)))
                .containsExactly("0123456789", "abcdefghij", "ABCDEFGHIJ", "x");
    }

    @Test
    void aFileOfNothingButNewlinesHasAnEmptyLineForEach() throws IOException {
        assertThat(read("\n\n\n", utf8(10))).containsExactly("", "", "");
    }

    @Test
    void anEmptyFileHasNoLine() throws IOException {
        assertThat(read("", utf8(10))).isEmpty();
    }

    @Test
    void aMaximumCountsCharactersNotBytes() throws IOException {
        assertThat(read("äöüäöü\n€€€€€€€\n", utf8(6))).containsExactly("äöüäöü", "€€€€€€", "€");
    }

    @Test
    void aCutNeverGoesThroughASurrogatePair() throws IOException {
        assertThat(read("a😀😀b\n", utf8(4))).containsExactly("a😀", "😀b");
        assertThat(read("😀😀\n", utf8(1))).containsExactly("😀", "😀");
    }

    @ParameterizedTest(name = "buffer of {0} bytes")
    @ValueSource(ints = {1, 2, 3, 5, 7, 8, 13, 64, 1000})
    void whereABlockEndsMakesNoDifference(int bufferBytes) throws IOException {
        String text = "one\ntwo€😀äöü\n\nünterminated€";
        byte[] buffer = new byte[bufferBytes];

        assertThat(texts(bodies(text.getBytes(UTF_8), utf8(2048), 0, buffer), UTF_8))
                .containsExactly("one", "two€😀äöü", "", "ünterminated€");
        assertThat(texts(bodies(text.getBytes(UTF_8), utf8(3), 0, buffer), UTF_8))
                .containsExactly("one", "two", "€😀", "äöü", "", "ünt", "erm", "ina", "ted", "€");
    }

    @Test
    void aMultiByteCharacterOnTheEdgeOfABlockIsWhole() throws IOException {
        String filler = "x".repeat(99) + "\n";
        int edge = LineReader.BLOCK_BYTES;
        for (int shift = 1; shift < 4; shift++) {
            String text = filler.repeat(edge / 100) + "y".repeat(edge % 100 - shift) + "😀€\nnext";
            List<String> lines = read(text, utf8(2048));
            assertThat(lines.subList(lines.size() - 2, lines.size()))
                    .containsExactly("y".repeat(edge % 100 - shift) + "😀€", "next");
        }
    }

    @ParameterizedTest(name = "line of {0} bytes")
    @ValueSource(ints = {8207, 8208, 8209, 262143, 262144, 262145, 600000})
    void longLinesLoseNothingAtTheEdgesOfWindowAndBlock(int length) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int i = 0; line.length() < length; i++) {
            line.append(i).append(',');
        }
        line.setLength(length);

        assertThat(String.join("", read(line + "\nend", utf8(2048)))).isEqualTo(line + "end");
        assertThat(read(line + "\nend", utf8(Integer.MAX_VALUE))).containsExactly(line.toString(), "end");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UTF-8",
                "UTF-16LE",
                "UTF-16BE",
                "UTF-16",
                "UTF-32",
                "UTF-32LE",
                "Shift_JIS",
                "GB18030",
                "EUC-JP",
                "ISO-2022-JP"
            })
    void everyCharsetGivesTheSameText(String charset) throws IOException {
        String text = "日本\nabc\n\n表ソ能\r\nend";
        LineFormat format = new LineFormat(2048, Charset.forName(charset), UTF_8, DecodeErrors.FAIL);

        assertThat(texts(bodies(text.getBytes(format.input()), format, 0, new byte[16]), UTF_8))
                .containsExactly("日本", "abc", "", "表ソ能\r", "end");
    }

    @Test
    void aByteOfANewlineWithinAUtf16CharacterEndsNoLine() throws IOException {
        String text = "\u0A0A\u0A00\n\u010A";
        LineFormat format = new LineFormat(2048, UTF_16LE, UTF_8, DecodeErrors.FAIL);

        assertThat(texts(bodies(text.getBytes(UTF_16LE), format, 0, new byte[4]), UTF_8))
                .containsExactly("\u0A0A\u0A00", "\u010A");
    }

    @Test
    void utf16GoesByTheMarkAndByBigEndianWithoutOne() throws IOException {
        LineFormat format = new LineFormat(2048, UTF_16, UTF_8, DecodeErrors.FAIL);
        assertThat(texts(bodies("\uFEFFa\nb".getBytes(UTF_16LE), format, 0, new byte[16]), UTF_8))
                .containsExactly("a", "b");
        assertThat(texts(bodies("\uFEFFa\nb".getBytes(UTF_16BE), format, 0, new byte[16]), UTF_8))
                .containsExactly("a", "b");
        assertThat(texts(bodies("a\nb".getBytes(UTF_16BE), format, 0, new byte[16]), UTF_8))
                .containsExactly("a", "b");
    }

    @Test
    void everyByteOfIso88591PassesUnchangedAndTurnsIntoUtf8WhereAsked() throws IOException {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] body :
                bodies(all, new LineFormat(2048, ISO_8859_1, ISO_8859_1, DecodeErrors.FAIL), 0, new byte[64])) {
            joined.writeBytes(body);
            joined.write('\n');
        }
        assertThat(Arrays.copyOf(joined.toByteArray(), 256)).isEqualTo(all);
        assertThat(texts(
                        bodies(
                                new byte[] {(byte) 0xE4},
                                new LineFormat(9, ISO_8859_1, UTF_8, DecodeErrors.FAIL),
                                0,
                                new byte[8]),
                        UTF_8))
                .containsExactly("ä");
    }

    @Test
    void theOutputCharsetIsWhatBodiesAreWrittenIn() throws IOException {
        LineFormat format = new LineFormat(2048, UTF_8, UTF_16BE, DecodeErrors.FAIL);
        assertThat(texts(bodies("aä\n".getBytes(UTF_8), format, 0, new byte[16]), UTF_16BE))
                .containsExactly("aä");
    }

    @ParameterizedTest(name = "{0} of {1}")
    @CsvSource({
        "REPLACE, a\uFFFDb",
        "IGNORE, ab",
    })
    void badBytesGoByThePolicy(DecodeErrors policy, String expected) throws IOException {
        byte[] bytes = {'o', 'k', '\n', 'a', (byte) 0xFF, 'b', '\n', 'o', 'k'};
        LineFormat format = new LineFormat(2048, UTF_8, UTF_8, policy);
        assertThat(texts(bodies(bytes, format, 0, new byte[4]), UTF_8)).containsExactly("ok", expected, "ok");
    }

    @Test
    void badBytesFailInFrontOfTheirLine() throws IOException {
        Path file =
                Files.write(directory.resolve("bad"), new byte[] {'o', 'k', '\n', 'a', (byte) 0xFF, '\n', 'o', 'k'});
        try (FileChannel channel = FileChannel.open(file)) {
            LineReader lines = new LineReader(channel, 0, utf8(2048), new byte[16]);
            assertThat(lines.next()).isTrue();
            assertThatThrownBy(lines::next).isInstanceOf(IOException.class).hasMessageContainingAll("byte 3", "UTF-8");
            assertThat(lines.offset()).isEqualTo(3);
        }
    }

    @Test
    void aCharacterCutShortByTheEndOfTheFileIsBad() {
        byte[] cut = {'a', (byte) 0xE2, (byte) 0x82};
        assertThatThrownBy(() -> bodies(cut, utf8(2048), 0, new byte[16])).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> bodies(
                        new byte[] {'a', 0, 'b'},
                        new LineFormat(9, UTF_16LE, UTF_8, DecodeErrors.FAIL),
                        0,
                        new byte[16]))
                .isInstanceOf(IOException.class);
    }

    @Test
    void aHighByteIsNoAscii() {
        assertThatThrownBy(() -> bodies(
                        new byte[] {(byte) 0xE4},
                        new LineFormat(9, US_ASCII, US_ASCII, DecodeErrors.FAIL),
                        0,
                        new byte[8]))
                .isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16", "Shift_JIS"})
    void readingGoesOnFromEveryOffsetThatWasReached(String charset) throws IOException {
        LineFormat format = new LineFormat(3, Charset.forName(charset), UTF_8, DecodeErrors.FAIL);
        byte[] bytes = "eins\n日本語表示\n\nabcdefg\nend".getBytes(format.input());
        List<String> all = texts(bodies(bytes, format, 0, new byte[16]), UTF_8);

        Path file = Files.write(directory.resolve("file"), bytes);
        try (FileChannel channel = FileChannel.open(file)) {
            LineReader lines = new LineReader(channel, 0, format, new byte[16]);
            for (int read = 1; lines.next(); read++) {
                assertThat(texts(bodies(bytes, format, lines.offset(), new byte[16]), UTF_8))
                        .isEqualTo(all.subList(read, all.size()));
            }
        }
    }

    @Test
    void whatIsTakenForUtf8IsWhatJavaTakesForUtf8() {
        Random random = new Random(42);
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = new byte[1 + random.nextInt(5)];
            random.nextBytes(bytes);
            bytes[0] |= (byte) (random.nextInt(4) << 6); // leads and continuations more often than by chance
            for (int k = 1; k < bytes.length; k++) {
                if (random.nextInt(4) > 0) {
                    bytes[k] = (byte) (0x80 | (bytes[k] & 0x3F));
                }
            }
            boolean roundTrips = Arrays.equals(new String(bytes, UTF_8).getBytes(UTF_8), bytes);
            byte[] amongAscii = new byte[20];
            int at = random.nextInt(amongAscii.length - bytes.length + 1);
            System.arraycopy(bytes, 0, amongAscii, at, bytes.length);
            assertThat(ByteScan.isUtf8(bytes, 0, bytes.length))
                    .as(Arrays.toString(bytes))
                    .isEqualTo(roundTrips);
            assertThat(ByteScan.isUtf8(amongAscii, 0, amongAscii.length))
                    .as(Arrays.toString(bytes))
                    .isEqualTo(roundTrips);
        }
    }

    @Test
    void theScanFindsAByteAtEveryPlace() {
        for (int length = 0; length < 40; length++) {
            for (int at = 0; at < length; at++) {
                byte[] bytes = new byte[length];
                Arrays.fill(bytes, (byte) 0x0B); // one more than what is sought: a borrow must not show
                bytes[at] = '\n';
                for (int from = 0; from <= length; from++) {
                    assertThat(ByteScan.indexOf(bytes, from, length, (byte) '\n'))
                            .isEqualTo(from <= at ? at : -1);
                }
                bytes[at] = (byte) 0x80;
                assertThat(ByteScan.isAscii(bytes, 0, length)).isFalse();
                assertThat(ByteScan.isAscii(bytes, at + 1, length)).isTrue();
            }
        }
    }

    private static LineFormat utf8(int maxChars) {
        return new LineFormat(maxChars, UTF_8, UTF_8, DecodeErrors.FAIL);
    }

    private List<String> read(String text, LineFormat format) throws IOException {
        return texts(bodies(text.getBytes(UTF_8), format, 0, new byte[LineReader.BLOCK_BYTES]), UTF_8);
    }

    private List<byte[]> bodies(byte[] bytes, LineFormat format, long offset, byte[] buffer) throws IOException {
        Path file = Files.write(Files.createTempFile(directory, "lines", ""), bytes);
        List<byte[]> bodies = new ArrayList<>();
        try (FileChannel channel = FileChannel.open(file)) {
            LineReader lines = new LineReader(channel, offset, format, buffer);
            while (lines.next()) {
                bodies.add(
                        Arrays.copyOfRange(lines.array(), lines.bodyOffset(), lines.bodyOffset() + lines.bodyLength()));
            }
            assertThat(lines.isAtEnd()).isTrue();
            assertThat(lines.offset()).isEqualTo(bytes.length);
        }
        return bodies;
    }

    private static List<String> texts(List<byte[]> bodies, Charset charset) {
        return bodies.stream().map(body -> new String(body, charset)).toList();
    }
}
