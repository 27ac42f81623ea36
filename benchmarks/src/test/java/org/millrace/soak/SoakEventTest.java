package org.millrace.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SoakEventTest {
    private static final long NUMBER = 77;

    @Test
    void tellsItsNumber() {
        assertThat(LongStream.range(0, 1000).map(n -> SoakEvent.check(SoakEvent.headers(n), SoakEvent.body(n))))
                .containsExactlyElementsOf(LongStream.range(0, 1000).boxed().toList());
    }

    @Test
    void comesInManySizes() {
        assertThat(LongStream.range(0, 2000).mapToInt(n -> SoakEvent.body(n).length))
                .contains(0)
                .anyMatch(length -> length > 10_000);
        assertThat(LongStream.range(0, 10_000)
                        .mapToInt(n -> SoakEvent.body(n).length)
                        .average()
                        .orElse(0))
                .isBetween(400.0, 800.0);
    }

    @Test
    void aBodyThatIsLargeEnoughTellsItsNumber() {
        for (long number = 0; number < 1000; number++) {
            byte[] body = SoakEvent.bodyOfAtLeast(SoakEvent.TELLING_BYTES, number);
            byte[] more = Arrays.copyOf(body, body.length + 5);
            assertThat(SoakEvent.numberAt(more, 0)).isEqualTo(number);
            if (body.length > SoakEvent.TELLING_BYTES) { // a smaller one tells another number then
                more[body.length - 1] ^= 1;
                assertThatThrownBy(() -> SoakEvent.numberAt(more, 0)).isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @Test
    void isRefusedWhenAByteHasChanged() {
        byte[] body = SoakEvent.body(NUMBER);
        body[body.length / 2] ^= 1;

        assertThatThrownBy(() -> SoakEvent.check(SoakEvent.headers(NUMBER), body))
                .hasMessage("the body of event 77 was changed");
    }

    @Test
    void isRefusedUnderAnotherNumberOrWithOtherHeaders() {
        byte[] body = SoakEvent.body(NUMBER);

        assertThatThrownBy(() -> SoakEvent.check(SoakEvent.headers(NUMBER + 1), body))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SoakEvent.check(Map.of("n", "77"), body)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SoakEvent.check(Map.of(), body)).isInstanceOf(IllegalArgumentException.class);
    }
}
