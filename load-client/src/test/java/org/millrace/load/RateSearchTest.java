package org.millrace.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RateSearchTest {
    private static final long LIMIT = TimeUnit.MILLISECONDS.toNanos(10);
    private static final OwnEffort.Share IDLE = new OwnEffort.Share(0.1, 0.1, 0.2, 0.1);
    private static final OwnEffort.Share BUSY = new OwnEffort.Share(0.99, 0.1, 0.2, 0.1);

    private final List<Double> rates = new ArrayList<>();
    private double busyFrom = Double.MAX_VALUE;
    private double failsFrom = Double.MAX_VALUE;
    private double notAllAckedFrom = Double.MAX_VALUE;
    private double goneFrom = Double.MAX_VALUE;

    @ParameterizedTest
    @ValueSource(doubles = {3, 950, 1000, 1024, 30_000, 5e6})
    void theHighestRateUnderTheLimitIsFoundWithinATwentiethAndConfirmed(double knee) throws Exception {
        RateSearch.Outcome outcome = search(rate -> rate <= knee ? 2 : 50);
        assertThat(outcome.confirmed()).isNotNull();
        assertThat(outcome.confirmed().eventsPerSecond()).isBetween(knee / 1.06, knee);
        assertThat(outcome.confirmed().phase()).isEqualTo(RateSearch.Phase.CONFIRM);
        assertThat(outcome.result()).isSameAs(outcome.confirmed().result());
        assertThat(outcome.testersLimit()).isEmpty();
        assertThat(rates).hasSizeLessThan(45);
    }

    @Test
    void oneBadMomentDoesNotMakeARateTooMuch() throws Exception {
        RateSearch search = new RateSearch(
                LIMIT,
                (rate, phase) -> result(rate, (rate > 20_000 || rates.size() == 1 || rates.size() == 5) ? 50 : 2));
        RateSearch.Outcome outcome = search.search(1000);
        assertThat(outcome.confirmed().eventsPerSecond()).isBetween(19_000.0, 20_000.0);
        assertThat(outcome.testersLimit()).isEmpty();
    }

    @Test
    void aFailedEventAndAPartThatWasNotAckedAreNotBorneWhateverTheLatency() throws Exception {
        failsFrom = 4000;
        assertThat(search(rate -> 1).confirmed().eventsPerSecond()).isCloseTo(4000, within(200.0));
        failsFrom = Double.MAX_VALUE;
        notAllAckedFrom = 2000;
        assertThat(search(rate -> 1).confirmed().eventsPerSecond()).isCloseTo(2000, within(100.0));
    }

    @Test
    void whereTheTesterGaveOutTheConclusionSaysSo() throws Exception {
        busyFrom = 7000;
        RateSearch.Outcome outcome = search(rate -> rate < 8000 ? 2 : 50);
        assertThat(outcome.testersLimit()).singleElement().asString().startsWith("the sending thread was busy 99 %");
        assertThat(outcome.conclusion()).endsWith("it is the load tester that bears no more: the target may");
    }

    @Test
    void aTargetThatBearsNothingEndsTheSearch() throws Exception {
        RateSearch.Outcome outcome = search(rate -> 50);
        assertThat(outcome.confirmed()).isNull();
        assertThat(outcome.conclusion()).isEqualTo("no rate was found, whose p99 stays under 10.0 ms");
        assertThat(rates).hasSizeLessThan(25);
    }

    @Test
    void aTargetWithoutALimitEndsTheSearchToo() throws Exception {
        assertThat(search(rate -> 1).confirmed()).isNotNull();
        assertThat(rates).hasSizeLessThan(30);
    }

    @Test
    void whatIsNotConfirmedIsTriedAgainALittleLowerAndAtLastNotClaimed() throws Exception {
        RateSearch search = new RateSearch(
                LIMIT, (rate, phase) -> result(rate, (phase == RateSearch.Phase.CONFIRM || rate > 3000) ? 50 : 2));
        RateSearch.Outcome outcome = search.search(1000);
        assertThat(outcome.confirmed()).isNull();
        assertThat(outcome.steps())
                .filteredOn(step -> step.phase() == RateSearch.Phase.CONFIRM)
                .extracting(RateSearch.Step::eventsPerSecond)
                .hasSize(3)
                .isSortedAccordingTo((a, b) -> Double.compare(b, a));
    }

    @Test
    void aTargetThatHasGoneIsNotAskedAgain() throws Exception {
        goneFrom = 4000;
        RateSearch.Outcome outcome = search(rate -> 1);
        assertThat(rates).containsExactly(1000.0, 2000.0, 4000.0);
        assertThat(outcome.confirmed()).isNull();
        assertThat(outcome.steps().get(2).notBorne()).isEqualTo("no connection for 1 s");
    }

    @Test
    void tableAndJsonShowTheTriesAndWhatWasFound() throws Exception {
        busyFrom = 7000;
        RateSearch.Outcome outcome = search(rate -> rate < 8000 ? 2 : 50);
        StringWriter table = new StringWriter();
        new ResultTable(new PrintWriter(table)).print(outcome);
        assertThat(table.toString())
                .containsPattern("try +8,000 events/s  p99 50.*too much: p99 50")
                .containsPattern("try +[0-9,]+ events/s  p99 2.*for longer: borne")
                .containsPattern("highest +7,[0-9]+ events/s, with a p99 of 2.* under the limit of 10.0 ms")
                .contains("BOTTLENECK  of the load tester, above that: the sending thread was busy 99 %");

        JsonNode json = new ObjectMapper().readTree(ResultJson.of(outcome)).path("findRate");
        assertThat(json.path("limitMicros").asDouble()).isEqualTo(10_000);
        assertThat(json.path("eventsPerSecond").asDouble()).isBetween(7500.0, 8000.0);
        assertThat(json.path("bottlenecksAbove")).hasSize(1);
        assertThat(json.path("tries")).hasSize(rates.size());
        assertThat(json.path("tries").path(3).path("notBorne").asText()).isEqualTo("p99 50.0 ms");
    }

    private RateSearch.Outcome search(DoubleUnaryOperator p99Millis) throws Exception {
        return new RateSearch(LIMIT, (rate, phase) -> result(rate, p99Millis.applyAsDouble(rate))).search(1000);
    }

    private LoadResult result(double rate, double p99Millis) {
        rates.add(rate);
        Figures figures = new Figures();
        for (int i = 0; i < 200; i++) {
            figures.latencyNanos.recordValue((long) (p99Millis * 1e6));
        }
        figures.sentEvents = 1000;
        figures.ackedEvents = rate >= notAllAckedFrom ? 970 : 1000;
        figures.refusedEvents = rate >= failsFrom ? 1 : 0;
        LoadPlan plan = new LoadPlan(
                1,
                1,
                1,
                Optional.of(new SteadyPace(rate, 1)),
                Duration.ZERO,
                OptionalLong.of(1),
                OptionalLong.empty(),
                Duration.ofSeconds(1));
        return new LoadResult(
                plan,
                figures,
                1,
                rate >= busyFrom ? BUSY : IDLE,
                List.of(),
                rate >= goneFrom ? "no connection for 1 s" : null);
    }
}
