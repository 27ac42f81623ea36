package org.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.api.KeyDefinition.Standing;

/** Keys of Flume's that do not work here yet. */
class UnsupportedKeysTest {
    private final List<String> problems = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(strings = {"false", "FALSE", " false "})
    void oneThatIsSwitchedOffIsNoMistake(String off) {
        Settings settings = settings(off);
        settings.notSupportedYet("kerberos");

        assertThat(problems).isEmpty();
        assertThat(settings.knownKeys()).containsExactly("kerberos");
        assertThat(settings.definitions())
                .singleElement()
                .satisfies(key -> assertThat(key.standing()).isEqualTo(Standing.UNSUPPORTED));
    }

    @Test
    void oneWithAnyOtherValueIsAMistake() {
        settings("true").notSupportedYet("kerberos");
        settings("").notSupportedYet("kerberos");

        assertThat(problems).containsExactly("kerberos: not supported yet", "kerberos: not supported yet");
    }

    private Settings settings(String value) {
        return new Settings(Map.of("kerberos", value), new Settings.Problems() {
            @Override
            public void problem(String key, String message) {
                problems.add(key + ": " + message);
            }

            @Override
            public void note(String key, String message) {
                // there is none
            }
        });
    }
}
