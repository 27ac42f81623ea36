package org.millrace.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class HtmlReportTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final OwnEffort.Share IDLE = new OwnEffort.Share(0.1, 0.2, 0.3, 0.1);

    private final History history = new History();
    private final Figures total = new Figures();

    @Test
    void aRunIsShownInThreePlotsWithNamesAtTheirLinesAndWordsForWhoDoesNotSeeThem() throws Exception {
        run(5);
        Document page = page(List.of(), null);
        assertThat(texts(page, "h2")).containsSubsequence("Throughput", "Latency over time", "Percentiles");
        assertThat(classed(page, "name")).contains("acked", "asked for", "p50", "p99", "max", "latency", "own delay");
        assertThat(classed(page, "x")).contains("0 s", "5 s", "p50", "p90");
        assertThat(classed(page, "y")).contains("1 ms", "0");
        NodeList plots = page.getElementsByTagName("svg");
        assertThat(plots.getLength()).isEqualTo(3);
        for (int i = 0; i < plots.getLength(); i++) {
            assertThat(((Element) plots.item(i)).getAttribute("aria-label")).hasSizeGreaterThan(30);
        }
    }

    @Test
    void nothingOnThePageAsksForTheNetworkOrRuns() throws Exception {
        run(5);
        assertThat(html(List.of("<script>alert(1)</script>"), null))
                .doesNotContain("<script", "http://", "https://", "url(", "@import", "<link", "<img", "onload")
                .contains("default-src 'none'");
    }

    @Test
    void whatTheTargetSaidStaysText() throws Exception {
        run(1);
        String hostile = "</li><script>alert('x')</script>\" onmouseover=\"x & \u0000\u001b[31m";
        Document page = page(List.of(hostile), null);
        assertThat(page.getElementsByTagName("script").getLength()).isZero();
        assertThat(texts(page, "li")).contains("</li><script>alert('x')</script>\" onmouseover=\"x & \ufffd\ufffd[31m");
        assertThat(texts(page, "title")).containsExactly("Load on <b>host</b>:4141");
    }

    @Test
    void aBottleneckOfTheLoadTesterIsTheFirstThingToRead() throws Exception {
        run(3);
        String html = html(List.of(), null, new OwnEffort.Share(0.99, 0.1, 0.3, 0.1));
        assertThat(html.indexOf("The load tester was itself the bottleneck"))
                .isPositive()
                .isLessThan(html.indexOf("<dl class=\"tiles\""));
        assertThat(html).contains("the sending thread was busy 99 % of the time");
    }

    @Test
    void aRunWithoutAnyAckIsAPageToo() throws Exception {
        history.second(new LoadListener.Second(SECOND, SECOND, true, 4, new Figures()));
        Document page = page(List.of("no answer"), "no connection for 5 s");
        assertThat(page.getDocumentElement().getTextContent())
                .contains("No latencies to plot: nothing was acked.", "Given up: no connection for 5 s");
        assertThat(page.getDocumentElement().getTextContent()).doesNotContain("NaN", "Infinity");
    }

    @Test
    void aRunShorterThanASecondIsAPageToo() throws Exception {
        assertThat(page(List.of(), null).getDocumentElement().getTextContent())
                .contains("no whole second was measured");
    }

    @Test
    void secondsWithoutAnAckLeaveAGapAndNoNumber() throws Exception {
        run(2);
        history.second(new LoadListener.Second(3 * SECOND, SECOND, true, 4, new Figures()));
        history.second(second(4, 900));
        Document page = page(List.of(), null);
        assertThat(attributes(page, "path", "d")).noneMatch(path -> path.contains("NaN"));
        assertThat(attributes(page, "path", "class"))
                .as("the one behind the gap")
                .contains("line dots a", "line dots b");
    }

    @Test
    void aLongRunKeepsItsSumsAndItsWorstSecondsInAPageThatStaysSmall() throws Exception {
        run(2_500);
        history.second(second(2_501, 3_000_000));
        assertThat(history.points()).hasSizeLessThanOrEqualTo(History.MOST_POINTS);
        assertThat(history.points().stream()
                        .mapToLong(History.Point::ackedEvents)
                        .sum())
                .isEqualTo(2_501 * 100L);
        assertThat(history.points().stream()
                        .mapToLong(History.Point::maxNanos)
                        .max()
                        .orElseThrow())
                .isBetween(2_900_000_000L, 3_100_000_000L);
        assertThat(history.secondsPerPoint()).isEqualTo(8);
        assertThat(html(List.of(), null)).hasSizeLessThan(250_000).contains("a point is 8 s");
    }

    @Test
    void failoversAreCountedAndTimed() throws Exception {
        run(3);
        assertThat(html(List.of(), null)).doesNotContain("failovers", "retries");
        total.retries = 5;
        Figures.record(total.failoverNanos, 40_000_000);
        assertThat(html(List.of(), null)).contains("5 batches failed at a host", "failovers", "1: p50 40.0 ms");
    }

    @Test
    void aSearchShowsItsTries() throws Exception {
        run(3);
        LoadResult result = result(List.of(), null, IDLE);
        RateSearch.Step borne = new RateSearch.Step(RateSearch.Phase.CONFIRM, 4000, result, null);
        RateSearch.Step notBorne = new RateSearch.Step(RateSearch.Phase.CLIMB, 8000, result, "p99 70 ms");
        RateSearch.Outcome outcome = new RateSearch.Outcome(SECOND / 100, List.of(notBorne, borne), borne);
        String html = new HtmlReport(settings(), Instant.EPOCH, result, history, outcome).html();
        assertThat(html).contains("4,000 events/s, with a p99 of", "too much: p99 70 ms", ">limit<");
    }

    private void run(int seconds) {
        for (int i = 1; i <= seconds; i++) {
            history.second(second(i, 1000 + i % 7));
        }
    }

    /** One in which a hundred events were acked, as late as this and a little less. */
    private LoadListener.Second second(int number, int micros) {
        Figures figures = new Figures();
        figures.ackedEvents = 100;
        figures.sentEvents = 100;
        for (int i = 0; i < 10; i++) {
            Figures.record(figures.latencyNanos, TimeUnit.MICROSECONDS.toNanos(micros - i));
        }
        figures.ownDelayNanos.recordValue(2000);
        total.add(figures);
        return new LoadListener.Second(number * SECOND, SECOND, true, 1, figures);
    }

    private Document page(List<String> failures, String gaveUp) throws Exception {
        String xml = html(failures, gaveUp).replace("<!doctype html>", "").replaceAll("(<meta [^>]*[^/])>", "$1/>");
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
    }

    private String html(List<String> failures, String gaveUp) throws Exception {
        return html(failures, gaveUp, IDLE);
    }

    private String html(List<String> failures, String gaveUp, OwnEffort.Share effort) throws Exception {
        return new HtmlReport(settings(), Instant.EPOCH, result(failures, gaveUp, effort), history, null).html();
    }

    private static List<List<String>> settings() {
        return List.of(List.of("target", "<b>host</b>:4141"), List.of("loop", "open"));
    }

    private LoadResult result(List<String> failures, String gaveUp, OwnEffort.Share effort) {
        LoadPlan plan = new LoadPlan(
                1,
                1,
                10,
                Optional.of(new SteadyPace(100, 10)),
                Duration.ZERO,
                OptionalLong.of(5 * SECOND),
                OptionalLong.empty(),
                Duration.ofSeconds(1));
        return new LoadResult(plan, total, 5 * SECOND, effort, failures, gaveUp);
    }

    private static List<String> texts(Document page, String tag) {
        return attributesOrTexts(page, tag, null, null);
    }

    private static List<String> classed(Document page, String look) {
        return attributesOrTexts(page, "span", null, look);
    }

    private static List<String> attributes(Document page, String tag, String name) {
        return attributesOrTexts(page, tag, name, null);
    }

    private static List<String> attributesOrTexts(Document page, String tag, String attribute, String look) {
        NodeList found = page.getElementsByTagName(tag);
        return IntStream.range(0, found.getLength())
                .mapToObj(i -> (Element) found.item(i))
                .filter(element -> look == null
                        || List.of(element.getAttribute("class").split(" ")).contains(look))
                .map(element -> attribute == null ? element.getTextContent() : element.getAttribute(attribute))
                .toList();
    }
}
