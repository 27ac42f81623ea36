package org.millrace.relay.interceptor;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Interceptor;
import org.millrace.api.InterceptorContext;
import org.millrace.api.SourceMetrics;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeClock;
import org.millrace.testkit.RecordedProblems;

class EventInterceptorsTest {
    private static final UUID UUID_7 = new UUID(0, 7);
    private static final String MILLIS = "org.apache.flume.interceptor.RegexExtractorInterceptorMillisSerializer";
    /** Nested repetition that Java cannot do away with, and a body made for it. */
    private static final String COSTLY = "(a+a+)+\\1b";

    private static final String MADE_FOR_IT = "a".repeat(40) + "c";

    private final RecordedProblems recorded = new RecordedProblems();
    private final MetricRegistry registry = new MetricRegistry();
    private final InterceptorContext context =
            new InterceptorContext("a", "s", "i", new SourceMetrics("s", registry), new FakeClock());

    @Test
    void aFilterKeepsWhatItFinds() {
        assertThat(bodiesAfter(new RegexFilterFactory(), Map.of("regex", "b+"), "abc", "xyz", "b"))
                .containsExactly("abc", "b");
    }

    @Test
    void aFilterDropsWhatItFinds() {
        assertThat(bodiesAfter(
                        new RegexFilterFactory(), Map.of("regex", "^b", "excludeEvents", "true"), "abc", "xyz", "b"))
                .containsExactly("abc", "xyz");
    }

    @Test
    void aFilterWithoutKeysKeepsEverything() {
        assertThat(bodiesAfter(new RegexFilterFactory(), Map.of(), "abc", "")).containsExactly("abc", "");
    }

    @Test
    void aFilterMayLeaveNothing() {
        assertThat(bodiesAfter(new RegexFilterFactory(), Map.of("regex", "q"), "abc"))
                .isEmpty();
    }

    @Test
    void aFilterReadsUtf8() {
        assertThat(bodiesAfter(new RegexFilterFactory(), Map.of("regex", "^.ö.$"), "köl", "kol"))
                .containsExactly("köl");
    }

    @Test
    void aBodyThatCostsTooMuchDoesNotMatchAndIsCounted() {
        Map<String, String> keys = Map.of("regex", COSTLY, "maxRegexSteps", "100000");

        assertThat(bodiesAfter(new RegexFilterFactory(), keys, MADE_FOR_IT, "aaaab"))
                .containsExactly("aaaab");
        assertThat(registry.counter("source.s.interceptors.i.tooCostly").getCount())
                .isOne();
    }

    @Test
    void soDoesABodyForWhichTheExpressionRecursesTooDeep() {
        Map<String, String> keys = Map.of("regex", "(?:x|y)*z", "excludeEvents", "true");
        String deep = "xy".repeat(200_000);

        assertThat(bodiesAfter(new RegexFilterFactory(), keys, deep)).containsExactly(deep);
    }

    @Test
    void whatIsFoundIsReplaced() {
        Map<String, String> keys = Map.of("searchPattern", "user=(\\w+)", "replaceString", "user=<$1>");

        assertThat(bodiesAfter(new SearchReplaceFactory(), keys, "user=ann user=bob", "nobody"))
                .containsExactly("user=<ann> user=<bob>", "nobody");
    }

    @Test
    void whatIsFoundIsRemovedWithoutAReplacement() {
        assertThat(bodiesAfter(new SearchReplaceFactory(), Map.of("searchPattern", "\\d"), "a1b2"))
                .containsExactly("ab");
    }

    @Test
    void anotherCharacterSetIsReadAndWritten() {
        Interceptor interceptor = make(
                new SearchReplaceFactory(),
                Map.of("searchPattern", "ö", "replaceString", "ü", "charset", "ISO-8859-1"));
        EventBatch before;
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            before =
                    builder.add(Map.of("h", "v"), new byte[] {'k', (byte) 0xF6}).build();
        }

        EventBatch after = interceptor.intercept(before);

        var event = after.reader();
        event.next();
        assertThat(event.body()).containsExactly('k', 0xFC);
        assertThat(Batches.headers(after)).containsExactly(Map.of("h", "v"));
        after.release();
    }

    @Test
    void aBodyThatCostsTooMuchIsNotReplacedIn() {
        Map<String, String> keys = Map.of("searchPattern", COSTLY, "replaceString", "-", "maxRegexSteps", "100000");

        assertThat(bodiesAfter(new SearchReplaceFactory(), keys, MADE_FOR_IT, "aaaab"))
                .containsExactly(MADE_FOR_IT, "-");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    [a-         | x    | searchPattern: [a- (expected: a regular expression of Java's; Illegal character range near index 3
                    ''          | x    | searchPattern: missing (expected: a regular expression of Java's)
                    a(b)        | $2   | replaceString: $2 (expected: a text with groups of searchPattern; No group 2)
                    a           | 5$   | replaceString: 5$ (expected: a text with groups of searchPattern; Illegal group reference: group index is missing)
                    """)
    void aReplacementThatCannotWorkIsAMistake(String pattern, String replacement, String mistake) {
        new SearchReplaceFactory()
                .create(context, recorded.settings(Map.of("searchPattern", pattern, "replaceString", replacement)));

        assertThat(recorded.problems()).hasSize(1);
        assertThat(recorded.problems().get(0))
                .startsWith(mistake.split(" near")[0].split("; Illegal character")[0]);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    (?x) (?<bank>\\d{4}) \\d{4} # card | ${bank}****    | 12345678 paid | 1234**** paid
                    \\Q1+1                            | two            | 1+1 is so     | two is so
                    (?i)a                             | b              | A a           | b b
                    """)
    void whateverJavaTakesForAPatternIsReplaced(String pattern, String replacement, String before, String after) {
        assertThat(bodiesAfter(
                        new SearchReplaceFactory(),
                        Map.of("searchPattern", pattern, "replaceString", replacement),
                        before))
                .containsExactly(after);
    }

    @Test
    void headersAreRemovedByNameByListAndByExpression() {
        Map<String, String> headers = Map.of("a", "1", "b", "2", "c", "3", "tmp.x", "4", "keep", "5");

        assertThat(headersAfter(new RemoveHeaderFactory(), Map.of("withName", "a"), headers))
                .containsOnlyKeys("b", "c", "tmp.x", "keep");
        assertThat(headersAfter(new RemoveHeaderFactory(), Map.of("fromList", "a , b"), headers))
                .containsOnlyKeys("c", "tmp.x", "keep");
        assertThat(headersAfter(
                        new RemoveHeaderFactory(), Map.of("fromList", "a;b", "fromListSeparator", ";"), headers))
                .containsOnlyKeys("c", "tmp.x", "keep");
        assertThat(headersAfter(new RemoveHeaderFactory(), Map.of("matching", "tmp\\..*|c"), headers))
                .containsOnlyKeys("a", "b", "keep");
        assertThat(headersAfter(
                        new RemoveHeaderFactory(), Map.of("withName", "a", "fromList", "b", "matching", "c"), headers))
                .containsOnlyKeys("tmp.x", "keep");
    }

    @Test
    void toRemoveNothingIsNoted() {
        assertThat(headersAfter(new RemoveHeaderFactory(), Map.of(), Map.of("a", "1")))
                .containsOnlyKeys("a");
        assertThat(recorded.notes()).singleElement().asString().contains("removes nothing");
    }

    @Test
    void eachEventGetsAnIdOfItsOwn() {
        EventBatch after = make(new UuidFactory(), Map.of()).intercept(Batches.of("x", "y"));

        List<Map<String, String>> headers = Batches.headers(after);
        assertThat(UUID.fromString(headers.get(0).get("id")))
                .isNotEqualTo(UUID.fromString(headers.get(1).get("id")));
        assertThat(Batches.bodies(after)).containsExactly("x", "y");
        after.release();
    }

    @Test
    void anIdIsKeptUnlessToldOtherwise() {
        UuidFactory factory = new UuidFactory(() -> UUID_7);

        assertThat(headersAfter(factory, Map.of(), Map.of("id", "5"))).containsExactly(Map.entry("id", "5"));
        assertThat(headersAfter(
                        factory,
                        Map.of("headerName", "key", "prefix", "p-", "preserveExisting", "false"),
                        Map.of("key", "5", "id", "6")))
                .containsOnly(Map.entry("key", "p-" + UUID_7), Map.entry("id", "6"));
    }

    @Test
    void groupsBecomeHeaders() {
        Map<String, String> keys = Map.of(
                "regex", "(\\d+):(\\w+)(!)?",
                "serializers", "s1 s2 s3",
                "serializers.s1.name", "number",
                "serializers.s2.name", "word",
                "serializers.s2.type", "DEFAULT",
                "serializers.s3.name", "loud");

        assertThat(headersAfter(new RegexExtractorFactory(), keys, Map.of("word", "old"), "x 12:ab y"))
                .containsOnly(Map.entry("number", "12"), Map.entry("word", "ab"));
        assertThat(headersAfter(new RegexExtractorFactory(), keys, Map.of("word", "old"), "nothing"))
                .containsOnly(Map.entry("word", "old"));
        assertThat(recorded.problems()).isEmpty();
    }

    @Test
    void groupsWithoutASerializerAndSerializersWithoutAGroupHaveNoEffect() {
        assertThat(headersAfter(
                        new RegexExtractorFactory(),
                        Map.of("regex", "(.)(.)", "serializers", "s", "serializers.s.name", "first"),
                        Map.of(),
                        "xy"))
                .containsOnly(Map.entry("first", "x"));
        assertThat(headersAfter(
                        new RegexExtractorFactory(),
                        Map.of(
                                "regex",
                                "(.)",
                                "serializers",
                                "s t",
                                "serializers.s.name",
                                "first",
                                "serializers.t.name",
                                "second"),
                        Map.of(),
                        "xy"))
                .containsOnly(Map.entry("first", "x"));
        assertThat(recorded.notes()).singleElement().asString().contains("regex has 1 groups");
    }

    @Test
    void aTimeBecomesMilliseconds() {
        Map<String, String> keys = Map.of(
                "regex", "^(\\S+ \\S+)",
                "serializers", "t",
                "serializers.t.name", "timestamp",
                "serializers.t.type", MILLIS,
                "serializers.t.pattern", "yyyy-MM-dd HH:mm:ss,SSSZ");

        assertThat(headersAfter(
                        new RegexExtractorFactory(), keys, Map.of(), "2012-10-18 18:47:57,614+0000 INFO a line"))
                .containsExactly(Map.entry("timestamp", "1350586077614"));
        assertThat(headersAfter(new RegexExtractorFactory(), keys, Map.of(), "no time"))
                .isEmpty();
        assertThat(registry.counter("source.s.interceptors.i.unreadableTimes").getCount())
                .isOne();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    serializers.t.type    | millis             | serializers.t.type: millis (expected: one of: DEFAULT, org.
                    serializers.t.type    | com.example.Mine   | serializers.t.type: com.example.Mine (expected: one of: DEFAULT, org.
                    serializers.t.name    | ''                 | serializers.t.name: missing
                    regex                 | (                  | regex: ( (expected: a regular expression of Java's; Unclosed group
                    """)
    void anExtractorThatCannotWorkIsAMistake(String key, String value, String mistake) {
        Map<String, String> keys =
                new HashMap<>(Map.of("regex", "(.)", "serializers", "t", "serializers.t.name", "timestamp"));
        keys.put(key, value);

        new RegexExtractorFactory().create(context, recorded.settings(keys));

        assertThat(recorded.problems()).singleElement().asString().startsWith(mistake);
    }

    @Test
    void aPatternWhereNoTimeIsWantedHasNoEffectAndThatIsSaid() {
        Map<String, String> keys = Map.of(
                "regex", "(.)", "serializers", "t", "serializers.t.name", "first", "serializers.t.pattern", "yyyy");

        new RegexExtractorFactory().create(context, recorded.settings(keys));

        assertThat(recorded.problems()).isEmpty();
        assertThat(recorded.notes()).containsExactly("serializers.t.pattern: has no effect: type is DEFAULT");
    }

    @Test
    void aTimeNeedsAPatternThatIsOne() {
        Map<String, String> keys = new HashMap<>(Map.of(
                "regex", "(.)", "serializers", "t", "serializers.t.name", "timestamp", "serializers.t.type", MILLIS));
        new RegexExtractorFactory().create(context, recorded.settings(keys));
        keys.put("serializers.t.pattern", "yyyy bb");
        new RegexExtractorFactory().create(context, recorded.settings(keys));

        assertThat(recorded.problems()).hasSize(2);
        assertThat(recorded.problems().get(0)).startsWith("serializers.t.pattern: missing");
        assertThat(recorded.problems().get(1)).contains("yyyy bb (expected: a pattern of Joda's", "Illegal pattern");
    }

    private Interceptor make(ComponentFactory.OfInterceptor factory, Map<String, String> keys) {
        Interceptor made = factory.create(context, recorded.settings(keys));
        assertThat(recorded.problems()).isEmpty();
        return made;
    }

    private List<String> bodiesAfter(
            ComponentFactory.OfInterceptor factory, Map<String, String> keys, String... before) {
        EventBatch after = make(factory, keys).intercept(Batches.of(before));
        try {
            return Batches.bodies(after);
        } finally {
            after.release();
        }
    }

    private Map<String, String> headersAfter(
            ComponentFactory.OfInterceptor factory, Map<String, String> keys, Map<String, String> before) {
        return headersAfter(factory, keys, before, "body");
    }

    private Map<String, String> headersAfter(
            ComponentFactory.OfInterceptor factory, Map<String, String> keys, Map<String, String> before, String body) {
        EventBatch after = make(factory, keys).intercept(Batches.of(before, body));
        try {
            assertThat(Batches.bodies(after)).containsExactly(body);
            return Batches.headers(after).get(0);
        } finally {
            after.release();
        }
    }
}
