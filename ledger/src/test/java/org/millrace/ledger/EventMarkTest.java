package org.millrace.ledger;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.ledger.EventMark.Found;
import org.millrace.ledger.EventMark.Kind;

class EventMarkTest {
    private static final UUID RUN = UUID.fromString("0c5f19e2-1111-4222-8333-444444444444");

    private final EventMark mark = new EventMark(RUN);

    @Test
    void aMarkIsReadableTextInFrontOfTheBody() {
        assertThat(new String(event(12345, "hello"), US_ASCII))
                .matches("mr1\\.0c5f19e2\\.000000012345\\.[0-9a-f]{8} hello");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "hello, wörld", "mr1.0c5f19e2.000000000001.00000000 of another event"})
    void aBodyIsFoundAgainWithItsNumber(String body) {
        for (long number : new long[] {0, 7, 4_294_967_296L, EventMark.MOST}) {
            assertThat(read(event(number, body))).isEqualTo(new Found(Kind.WHOLE, number));
        }
    }

    @Test
    void headersInFrontOfItAsInATextFileDoNotMatter() {
        byte[] line = concat("{a=}, b={x} y} ".getBytes(UTF_8), event(9, "hello"));
        assertThat(read(line)).isEqualTo(new Found(Kind.WHOLE, 9));
        assertThat(read(concat("{} ".getBytes(UTF_8), event(9, "")))).isEqualTo(new Found(Kind.WHOLE, 9));
    }

    @Test
    void noByteCanBeChangedUnnoticed() {
        byte[] event = event(77, "hello");
        for (int at = 0; at < event.length; at++) {
            byte[] changed = event.clone();
            changed[at] ^= 1;
            Kind expected = at < "mr1.0c5f19e2.".length() ? Kind.FOREIGN : Kind.DAMAGED;
            assertThat(read(changed).kind()).as("byte %d", at).isEqualTo(expected);
        }
    }

    @Test
    void noneCanBeMissingOrTooMany() {
        byte[] event = event(77, "hello");
        for (int length = "mr1.0c5f19e2.".length(); length < event.length; length++) {
            assertThat(read(Arrays.copyOf(event, length)).kind()).isEqualTo(Kind.DAMAGED);
        }
        assertThat(read(concat(event, event)).kind())
                .as("two lines that were joined")
                .isEqualTo(Kind.DAMAGED);
        assertThat(read(concat(event, new byte[1])).kind()).isEqualTo(Kind.DAMAGED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{}",
                "{} ",
                "{a=b} hello",
                "mr1.0c5f19e2",
                "mr1.ffffffff.000000000001.00000000 ",
                "log line"
            })
    void whatIsNotOfTheRunIsForeign(String text) {
        assertThat(read(text.getBytes(UTF_8)).kind()).isEqualTo(Kind.FOREIGN);
    }

    @Test
    void anEventOfARunWithTheSameTagIsNotTakenForOneOfOurs() {
        UUID other = UUID.fromString("0c5f19e2-9999-4222-8333-444444444444");
        byte[] event = event(5, "hello");
        assertThat(new EventMark(other).read(event, 0, event.length).kind()).isEqualTo(Kind.DAMAGED);
    }

    @Test
    void aNumberThatHasNoRoomIsRefused() {
        assertThatThrownBy(() -> event(EventMark.MOST + 1, "")).hasMessageContaining("(expected: 0 to 999999999999)");
        assertThatThrownBy(() -> event(-1, "")).hasMessageContaining("(expected: 0 to 999999999999)");
    }

    private Found read(byte[] data) {
        byte[] inside = concat(concat(new byte[] {'{'}, data), new byte[] {'z'});
        return mark.read(inside, 1, data.length);
    }

    private byte[] event(long number, String body) {
        byte[] bytes = body.getBytes(UTF_8);
        byte[] event = concat(new byte[EventMark.BYTES], bytes);
        mark.write(event, 0, bytes.length, number);
        return event;
    }

    private static byte[] concat(byte[] one, byte[] two) {
        byte[] both = Arrays.copyOf(one, one.length + two.length);
        System.arraycopy(two, 0, both, one.length, two.length);
        return both;
    }
}
