package org.millrace.relay.source.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.api.ComponentFactory;
import org.millrace.api.KeyDefinition;
import org.millrace.api.KeyDefinition.Standing;
import org.millrace.api.Settings;
import org.millrace.api.SourceContext;
import org.millrace.api.SourceMetrics;
import org.millrace.testkit.RecordedProblems;
import org.millrace.testkit.RecordingInlet;

class HttpSourceFactoryTest {
    private final RecordedProblems problems = new RecordedProblems();

    @Test
    void isFoundByFlumesNames() {
        assertThat(new HttpSourceFactory().typeNames())
                .containsExactly("http", "org.apache.flume.source.http.HTTPSource");
    }

    @Test
    void aPortIsEnough() {
        HttpSettings settings = HttpSettings.read(context(), problems.settings(Map.of("port", "0")));

        assertThat(problems.problems()).isEmpty();
        assertThat(settings.tcp().host()).isEqualTo("0.0.0.0");
        assertThat(settings.handler()).isInstanceOf(JsonHandler.class);
        assertThat(settings.idleTimeout()).isEqualTo(Duration.ofSeconds(30));
        create(Map.of());
        assertThat(problems.problems()).singleElement().asString().startsWith("port: missing");
    }

    @Test
    void aRequestIsSmallBesideTheHeapUnlessItIsSaidOtherwise() {
        HttpSettings settings = HttpSettings.read(context(), problems.settings(Map.of("port", "0")));

        assertThat(settings.maxRequestBytes())
                .isEqualTo(Math.min(100_000_000, Runtime.getRuntime().maxMemory() / 32));
        assertThat(settings.maxRequestBytes()).isLessThan(settings.maxReceiveBytes());
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "port|65536|a whole number",
                "handler|com.example.Mine|one of: org.apache.flume.source.http.JSONHandler, ",
                "maxRequestBytes|0|a number of bytes",
                "maxReceiveBytes|1|a number of bytes",
                "HttpConfiguration.requestHeaderSize|1|a whole number",
                "ServerConnector.idleTimeout|-1|a number of milliseconds",
                "requestTimeout|-1|a number of seconds",
                "threads|-1|a whole number",
                "maxConnections|0|a whole number",
                "maxUnsentReplyBytes|1|a whole number"
            })
    void badValueIsNamedWithWhatIsExpected(String key, String value, String expected) {
        Map<String, String> values = new HashMap<>(Map.of("port", "0"));
        values.put(key, value);

        create(values);

        assertThat(problems.problems())
                .singleElement()
                .asString()
                .startsWith(key + ": " + value + " (expected: " + expected);
    }

    @Test
    void aHandlerOfOnesOwnIsRefusedByAClearMessage() {
        create(Map.of("port", "0", "handler", "com.example.Mine"));

        assertThat(problems.problems())
                .singleElement()
                .asString()
                .contains("classes written for Flume are not loaded; one of your own comes in a plug-in");
    }

    @Test
    void aKeyOfAHandlerOfAPlugInIsCheckedAsItsFactorySays() {
        problems.offers(ComponentFactory.OfHttpHandler.class, new OneHeaderHandlerFactory());

        create(Map.of("port", "0", "handler", "one_header", "handler.size", "no number"));

        assertThat(problems.problems())
                .containsExactly("handler.size: no number (expected: a whole number, at least 1)");
    }

    @Test
    void theReferenceTellsOfTheKeysOfAllHandlers() {
        problems.offers(ComponentFactory.OfHttpHandler.class, new OneHeaderHandlerFactory());
        Settings settings = problems.settings(Map.of());

        new HttpSourceFactory().create(context(), settings).close();

        assertThat(settings.definitions())
                .extracting(KeyDefinition::key)
                .contains("handler.maxBlobLength", "handler.mandatoryParameters", "handler.size", "handler.<KEY>");
        assertThat(settings.definitions())
                .filteredOn(key -> key.key().equals("handler.size"))
                .singleElement()
                .satisfies(key -> {
                    assertThat(key.standing()).isEqualTo(Standing.OPTIONAL);
                    assertThat(key.meaning()).isEqualTo("the longest event; required there");
                });
    }

    @Test
    void aKeyOfAHandlerOfAPlugInThatIsNotInUseHasNoEffect() {
        problems.offers(ComponentFactory.OfHttpHandler.class, new OneHeaderHandlerFactory());

        create(Map.of("port", "0", "handler.size", "5"));

        assertThat(problems.problems()).isEmpty();
        assertThat(problems.notes()).containsExactly("handler.size: has no effect: the handler has no such key");
    }

    @Test
    void badMaxBlobLengthIsNamed() {
        create(Map.of("port", "0", "handler", MorphlineBlobHandlerFactory.CLASS_NAME, "handler.maxBlobLength", "0"));

        assertThat(problems.problems())
                .singleElement()
                .asString()
                .startsWith("handler.maxBlobLength: 0 (expected: a number of bytes");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "QueuedThreadPool.maxThreads",
                "HttpConfiguration.sendServerVersion",
                "ServerConnector.acceptQueueSize",
                "handler.nickname",
                "handler.maxBlobLength",
                "handler.mandatoryParameters"
            })
    void whatHasNoMeaningHereIsSaidToHaveNone(String key) {
        create(Map.of("port", "0", key, "1"));

        assertThat(problems.problems()).isEmpty();
        assertThat(problems.notes()).singleElement().asString().startsWith(key + ": has no effect: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"keystore", "keystorePassword", "excludeProtocols", "include-cipher-suites"})
    void withoutSslItsKeysAreKnownAndHaveNoEffect(String key) {
        create(Map.of("port", "0", key, "x"));

        assertThat(problems.problems()).isEmpty();
        assertThat(problems.notes()).containsExactly(key + ": has no effect: ssl is false");
    }

    /** To go on without a certificate that was asked for would not be safe. */
    @Test
    void whatFlumeWouldSayToJettysTlsIsRefused() {
        create(Map.of("port", "0", "SslContextFactory.NeedClientAuth", "true"));

        assertThat(problems.problems())
                .singleElement()
                .asString()
                .startsWith("SslContextFactory.NeedClientAuth: there is no Jetty (expected: client-auth, ");
    }

    private void create(Map<String, String> values) {
        new HttpSourceFactory()
                .create(context(), problems.settings(new HashMap<>(values)))
                .close();
    }

    private static SourceContext context() {
        SourceMetrics metrics = new SourceMetrics("r1", new MetricRegistry());
        return new SourceContext("a1", "r1", new RecordingInlet(), metrics, InstantSource.system());
    }
}
