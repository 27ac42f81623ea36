package org.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.millrace.api.Settings.Problems;

/** A component that is made of another one, which reads the same keys. */
class GivenSettingsTest {
    private final Settings whole = new Settings(Map.of("p.capacity", "7", "p.size", "3"), Problems.NOBODY);

    @Test
    void thePartGetsTheOwnersValueAndTheFilesForTheRest() {
        Settings part = whole.under("p.").given(Map.of("capacity", "100"));

        assertThat(part.integer("capacity", 1, 1000).orElse(1)).isEqualTo(100);
        assertThat(part.integer("size", 1, 1000).orElse(1)).isEqualTo(3);
        assertThat(whole.under("p.").integer("capacity", 1, 1000).orElse(1)).isEqualTo(7);
    }

    @Test
    void aKeyThatThePartAloneReadsIsNotKnownBecauseOfThat() {
        Settings part = whole.given(Map.of("p.capacity", "100"));
        part.under("p.").integer("capacity", 1, 1000).orElse(1);
        part.integer("p.size", 1, 1000).orElse(1);

        assertThat(whole.knownKeys()).containsExactly("p.size");
    }

    @Test
    void theOwnerMayStillSayOfItThatItHasNoEffect() {
        whole.given(Map.of("p.capacity", "100")).integer("p.capacity", 1, 1000).orElse(1);
        whole.ignored("there is another key", "p.capacity");

        assertThat(whole.definitions())
                .singleElement()
                .satisfies(key -> assertThat(key.meaning()).isEqualTo("has no effect: there is another key"));
    }

    @Test
    void aKeyThatThePartHasNoUseForIsNotThereAndNotKnown() {
        Settings part = whole.under("p.").without("capacity");

        assertThat(part.integer("capacity", 1, 1000).orElse(1)).isEqualTo(1);
        assertThat(part.integer("size", 1, 1000).orElse(1)).isEqualTo(3);
        assertThat(whole.knownKeys()).containsExactly("p.size");
    }
}
