package org.millrace.relay.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class WorkshopTest {
    @Test
    void aClassThatTheClassPathLacksIsAMistakeOfTheComponent() {
        Findings findings = new Findings();
        ComponentSettings settings =
                new ComponentSettings("a.sinks.k.", Map.of(), new Place("a.properties", 3), findings);
        Object made = Workshop.made(settings, () -> {
            throw new NoClassDefFoundError("com/acme/Gone");
        });
        assertThat(made).isNull();
        assertThat(settings.isGood()).isFalse();
        assertThat(findings.mistakes())
                .extracting(Finding::toString)
                .containsExactly("a.properties:3: a.sinks.k.type: cannot be made: java.lang.NoClassDefFoundError:"
                        + " com/acme/Gone");
    }
}
