package org.millrace.relay.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.MalformedURLException;
import java.net.URL;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubstitutionTest {
    private final Map<String, Property> properties = new LinkedHashMap<>();
    private final Properties system = new Properties();
    private final Findings findings = new Findings();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "plain|plain",
                "${env:HOST}|edge1",
                "a-${env:HOST}-${sys:dir}-z|a-edge1-/data-z",
                "${ENV:HOST}|edge1",
                "${a.port}|4141",
                "${env:NOTHING:-dflt}|dflt",
                "${env:NOTHING:-}|''",
                "${env:NOTHING:-${sys:dir}}|/data",
                "${env:${sys:which}}|edge1",
                "$${env:HOST}|${env:HOST}",
                "/logs/%{tenant}/%Y$|/logs/%{tenant}/%Y$",
                "${a.url}|http://edge1:4141",
                "${java:version}|Java version",
            })
    void values(String value, String expected) {
        system.setProperty("dir", "/data");
        system.setProperty("which", "HOST");
        put("a.url", "http://${env:HOST}:${a.port}");
        put("a.port", "4141");
        put("a.value", value);
        assertThat(resolved("a.value")).startsWith(expected);
        assertThat(findings.mistakes()).isEmpty();
    }

    @Test
    void aDateHasItsPattern() {
        put("a", "${date:yyyy}");
        assertThat(resolved("a")).matches("\\d{4}");
    }

    @Test
    void orderDoesNotMatter() {
        put("a", "${b}!");
        put("b", "${c}!");
        put("c", "x");
        assertThat(resolved("a")).isEqualTo("x!!");
        put("d", "${a}");
        assertThat(resolved("d")).isEqualTo("x!!");
    }

    @Test
    void anEscapeInAValueThatOthersReferToStaysLiteral() {
        put("a", "$${env:HOST}");
        put("b", "${a}");
        assertThat(resolved("b")).isEqualTo("${env:HOST}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "${env:HOSTS}|${env:HOSTS} (no such environment variable; did you mean HOST?)",
                "${sys:nope}|${sys:nope} (no such system property)",
                "${a.prot}|${a.prot} (no such key in the files; did you mean a.port?; a literal one is written $${a.prot})",
                "${script:javascript:1+1}|${script:javascript:1+1} (expected: env:, sys:, java:, date: or a key",
                "${F['key']}|${F['key']} (no such config filter",
                "${java:colour}|${java:colour} (expected: java:version",
                "${date:bb}|${date:bb} (expected: a date pattern",
            })
    void unresolvedIsAMistakeWithItsLineAndStaysLiteral(String value, String message) {
        put("a.port", "4141");
        put("a.value", value);
        assertThat(resolved("a.value")).isEqualTo(value);
        assertThat(findings.mistakes()).singleElement().asString().startsWith("f:2: a.value: " + message);
    }

    @Test
    void allThatIsUnresolvedInAValueIsReported() {
        put("a", "${env:ONE}/${env:HOST}/${env:TWO}");
        assertThat(resolved("a")).isEqualTo("${env:ONE}/edge1/${env:TWO}");
        assertThat(findings.mistakes()).hasSize(2);
    }

    @Test
    void aCircleIsReportedOnce() {
        put("a", "${b}");
        put("b", "${c}");
        put("c", "${a}");
        resolved("a");
        assertThat(findings.mistakes())
                .singleElement()
                .asString()
                .isEqualTo("f:3: c: ${a} refers back to itself (a -> b -> c -> a)");
    }

    @Test
    void plainNamesAreVariablesOnlyWithFlumesSwitch() {
        put("a", "${HOST}");
        assertThat(resolved("a")).isEqualTo("${HOST}");
        system.setProperty("propertiesImplementation", "org.apache.flume.node.EnvVarResolverProperties");
        assertThat(resolved("a")).isEqualTo("edge1");
    }

    @Test
    void switchesThatAreNotHereAreRefused() {
        system.setProperty("lookups", "lookups.properties");
        system.setProperty("propertiesImplementation", "my.Properties");
        environment().check(findings);
        assertThat(findings.mistakes())
                .extracting(Finding::toString)
                .containsExactlyInAnyOrder(
                        "-Dlookups: not supported yet (look-ups here are env, sys, java and date)",
                        "-DpropertiesImplementation: my.Properties (expected: org.apache.flume.node.EnvVarResolverProperties)");
    }

    @Test
    void aFileOfLookUpsOfOnesOwnHasNoEffectAndThatIsSaid() throws MalformedURLException {
        URL file = new URL("file:/etc/flume/lookups.properties");
        new Environment(Map.of(), system, file).check(findings);
        assertThat(findings.mistakes()).isEmpty();
        assertThat(findings.notes())
                .extracting(Finding::toString)
                .containsExactly(file + ": has no effect: look-ups here are env, sys, java and date");
    }

    private void put(String key, String value) {
        properties.put(key, new Property(key, value, new Place("f", properties.size() + 1)));
    }

    private String resolved(String key) {
        return new Substitution(properties, environment(), findings)
                .resolveAll()
                .get(key)
                .value();
    }

    private Environment environment() {
        return new Environment(Map.of("HOST", "edge1"), system);
    }
}
