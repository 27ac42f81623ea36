package org.millrace.relay.sink.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The keys of the sink: defaults, and mistakes with what is expected. */
class HttpSinkSettingsTest extends HttpSinkFixture {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "endpoint | ftp://h/ | ftp://h/ (expected: an http or https URL)",
                "endpoint | http://a b/ | http://a b/ (expected: an http or https URL)",
                "endpoint | http://h:99999/ | http://h:99999/ (expected: an http or https URL; port 99999 is not between 1 and 65535)",
                "connectTimeout | 5s | 5s (expected: a number of milliseconds, at least 0)",
                "requestTimeout | -1 | -1 (expected: a number of milliseconds, at least 0)",
                "defaultBackoff | yes | yes (expected: true or false)",
                "defaultRollback | 1 | 1 (expected: true or false)",
                "defaultIncrementMetrics | 0 | 0 (expected: true or false)",
                "rollback.2xx | true | is no status (expected: a status such as 503, or a class such as 5XX)",
                "backoff.20 | true | is no status (expected: a status such as 503, or a class such as 5XX)",
                "incrementMetrics.200 | on | on (expected: true or false)",
                "maxInFlight | 0 | 0 (expected: a whole number, 1 to 1000)",
                "deadLetter.statuses | 4XX | 4XX (expected: statuses such as 400, separated by blanks)",
            })
    void aBadValueIsRefusedWithWhatIsExpected(String key, String value, String message) {
        Map<String, String> all = new HashMap<>(SENSIBLE);
        all.put("endpoint", "http://localhost/");
        all.put(key, value);
        readSettings(recorded.settings(all));
        assertThat(recorded.problems()).containsExactly(key + ": " + message);
    }

    @Test
    void aHeaderCannotBringAnotherAlongAndTheEndpointIsRequired() {
        readSettings(recorded.settings(Map.of("acceptHeader", "a\r\nX: b", "contentTypeHeader", "a\u0000b")));
        assertThat(recorded.problems())
                .hasSize(3)
                .anyMatch(problem -> problem.startsWith("endpoint: missing"))
                .anyMatch(problem -> problem.startsWith("acceptHeader: "))
                .anyMatch(problem -> problem.startsWith("contentTypeHeader: "));
    }

    @Test
    void logsShowTheEndpointWithoutWhereKeysStand() {
        var keys = recorded.settings(Map.of("endpoint", "https://user:sesame@h:81/x/y?key=sesame"));
        assertThat(readSettings(keys).shownEndpoint()).isEqualTo("https://h:81/x/y");
    }

    @Test
    void theDefaultsAreFlumes() {
        HttpSinkSettings settings = readSettings(recorded.settings(Map.of("endpoint", "https://h/x")));
        assertThat(settings.connectTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.requestTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.contentType()).isEqualTo("text/plain");
        assertThat(settings.accept()).isEqualTo("text/plain");
        assertThat(settings.backoff().appliesTo(200)).isTrue();
        assertThat(settings.rollback().appliesTo(200)).isTrue();
        assertThat(settings.incrementMetrics().appliesTo(200)).isFalse();
        assertThat(settings.endpoint().port()).isEqualTo(443);
    }
}
