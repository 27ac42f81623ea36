package org.millrace.relay.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.millrace.api.KeyDefinition;
import org.millrace.api.KeyDefinition.Standing;
import org.millrace.relay.Relay;
import org.millrace.testkit.KeytabFile;
import org.millrace.testkit.TestCertificates;

/**
 * Each key of each component, as the code defines it, with values that it cannot have. All messages stand in {@code bad-values.txt}, to be
 * looked over.
 */
class EveryKeyTest {
    /** What takes the place of machine-dependent parts in {@code bad-values.txt}. */
    private static final String DIRECTORY = "DIR";

    private static final String HEADER = "a header may have any name";
    private static final String VALUE = "a header may have any value";
    private static final String FILE_NAME = "it becomes a part of a path";
    private static final String PROVIDER = "the provider decides when the source connects";
    private static final String NO_EFFECT = "it has no effect, which a note says";
    private static final String OLDER_THAN_JDK =
            "a name that this JDK does not have is excluded anyway, which a note says";

    /** Keys that no text is wrong for before the component runs, and why. A star stands for any component. */
    private static final Map<String, String> TAKE_ANY_TEXT = Map.ofEntries(
            Map.entry("* exclude-protocols", OLDER_THAN_JDK),
            Map.entry("* excludeProtocols", OLDER_THAN_JDK),
            Map.entry("* exclude-cipher-suites", OLDER_THAN_JDK),
            Map.entry("* fileHeaderKey", HEADER),
            Map.entry("* basenameHeaderKey", HEADER),
            Map.entry("* headers.<GROUP>.<NAME>", VALUE),
            Map.entry("* clientIPHeader", HEADER),
            Map.entry("* clientHostnameHeader", HEADER),
            Map.entry("* portHeader", HEADER),
            Map.entry("* remoteAddress", HEADER),
            Map.entry("* remoteAddressHeader", HEADER),
            Map.entry("* format.replace", "a replacement, which may be anything"),
            Map.entry("source exec shell", "the shell is looked for when it is run"),
            Map.entry("source http HttpConfiguration.<PROPERTY>", NO_EFFECT),
            Map.entry("source http QueuedThreadPool.<PROPERTY>", NO_EFFECT),
            Map.entry("source http ServerConnector.<PROPERTY>", NO_EFFECT),
            Map.entry("source http handler.<KEY>", NO_EFFECT),
            Map.entry("source http handler.mandatoryParameters", "a parameter may have any name"),
            Map.entry("source jms clientId", PROVIDER),
            Map.entry("source jms durableSubscriptionName", PROVIDER),
            Map.entry("source jms messageSelector", PROVIDER),
            Map.entry("source jms userName", PROVIDER),
            Map.entry("sink file_roll sink.pathManager.prefix", FILE_NAME),
            Map.entry("sink hdfs hdfs.fileSuffix", FILE_NAME),
            Map.entry("sink hdfs hdfs.inUsePrefix", FILE_NAME),
            Map.entry("sink hdfs serializer.schemaURL", "Hadoop knows what it has a file system for"),
            Map.entry("* sink.serializer.schemaUrlPrefixes", "what a URL may start with"),
            Map.entry("* serializer.schemaUrlPrefixes", "what a URL may start with"),
            Map.entry("selector multiplexing header", HEADER),
            Map.entry("interceptor host hostHeader", HEADER),
            Map.entry("interceptor remove_header fromList", HEADER),
            Map.entry("interceptor remove_header withName", HEADER),
            Map.entry("interceptor static key", HEADER),
            Map.entry("interceptor static value", VALUE),
            Map.entry("interceptor timestamp headerName", HEADER),
            Map.entry("interceptor uuid headerName", HEADER),
            Map.entry("interceptor uuid prefix", VALUE),
            Map.entry(
                    "config filter hadoop credstore.java-keystore-provider.password-file",
                    "Hadoop looks for it on its class path when a value is asked for"));

    @TempDir
    private static Path directory;

    private static SmallestAgent.Stores stores;
    private static ComponentCatalog catalog;
    /** What came of each case, which two tests look at. */
    private static final Map<Case, Written> WRITTEN = new HashMap<>();

    @BeforeAll
    static void makeCertificates() throws IOException {
        TestCertificates certificates = new TestCertificates(directory);
        TestCertificates.Issued issued = certificates.issue("relay");
        stores = new SmallestAgent.Stores(
                issued.store("PKCS12"),
                issued.certificatePem(),
                issued.keyPem(),
                certificates.trust("PKCS12"),
                KeytabFile.write(directory.resolve("relay.keytab"), "flume", "localhost", "EXAMPLE.ORG"));
        catalog = ComponentCatalog.ofClassPath();
    }

    /** A value that a key cannot have. */
    record Case(ComponentReference component, KeyDefinition key, String value) {
        @Override
        public String toString() {
            return SmallestAgent.what(component) + ": " + key.key() + " = " + value;
        }
    }

    static List<ComponentReference> components() {
        return ComponentReferences.of(ComponentCatalog.ofClassPath());
    }

    static Stream<Case> badValues() {
        return keys().filter(key -> List.of(Standing.REQUIRED, Standing.OPTIONAL)
                        .contains(key.key().standing()))
                .flatMap(key -> BadValues.of(SmallestAgent.what(key.component()), key.key()).stream()
                        .map(bad -> new Case(key.component(), key.key(), bad)));
    }

    private static Stream<Case> keys() {
        return components().stream()
                .flatMap(component -> component.keys().stream().map(key -> new Case(component, key, "")));
    }

    private static Stream<Case> keys(Standing standing) {
        return keys().filter(key -> key.key().standing() == standing);
    }

    static Stream<Case> requiredKeys() {
        return keys(Standing.REQUIRED);
    }

    static Stream<Case> keysWithoutEffect() {
        return keys(Standing.IGNORED);
    }

    static Stream<Case> unsupportedKeys() {
        return keys(Standing.UNSUPPORTED);
    }

    static Stream<Case> keysThatTakeAnyText() {
        return keys().filter(EveryKeyTest::takesAnyText)
                .map(key -> new Case(key.component(), key.key(), "~ 100 % any: text?"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("components")
    void aConfigurationWithNothingButWhatAComponentNeedsIsGood(ComponentReference component) throws IOException {
        SmallestAgent agent = new SmallestAgent(component, stores);
        assertThat(read(agent.lines()).findings().mistakes()).isEmpty();
        for (KeyDefinition key : component.keys()) {
            assertThat(read(agent.linesFor(key.key())).findings().mistakes())
                    .as("with what %s needs", key.key())
                    .isEmpty();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badValues")
    void aValueThatAKeyCannotHaveIsOneMistakeAtItsLine(Case bad) throws IOException {
        Written written = write(bad);
        assertThat(written.mistakes()).singleElement().satisfies(mistake -> {
            assertThat(mistake.place()).isEqualTo(written.place());
            assertThat(mistake.key()).isEqualTo(written.key());
            assertThat(mistake.message()).contains("(expected: ");
            if (bad.value().equals(BadValues.TOO_LARGE)) {
                assertThat(mistake.message()).containsPattern("at most \\d+");
            }
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("requiredKeys")
    void aKeyThatIsRequiredIsOneMistakeWhereItIsMissing(Case key) throws IOException {
        SmallestAgent agent = new SmallestAgent(key.component(), stores);
        Map<String, String> lines = agent.linesFor(key.key().key());
        String written = fullKey(agent, key.key());
        lines.remove(written);
        assertThat(read(lines).findings().mistakes()).singleElement().satisfies(mistake -> {
            assertThat(mistake.key()).isEqualTo(written);
            assertThat(mistake.message()).startsWith("missing (expected: ");
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("keysWithoutEffect")
    void aKeyWithoutEffectIsTakenWithANoteThatSaysWhy(Case key) throws IOException {
        Written written = write(new Case(key.component(), key.key(), "1"));
        assertThat(written.mistakes()).isEmpty();
        assertThat(written.findings().notes())
                .filteredOn(note -> note.key().equals(written.key()))
                .singleElement()
                .satisfies(note -> {
                    assertThat(note.place()).isEqualTo(written.place());
                    assertThat(note.message())
                            .startsWith("has no effect: ")
                            .isEqualTo(key.key().meaning());
                });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unsupportedKeys")
    void aKeyThatIsNotSupportedIsRefused(Case key) throws IOException {
        Written written = write(new Case(key.component(), key.key(), "1"));
        assertThat(written.mistakes()).singleElement().satisfies(mistake -> {
            assertThat(mistake.place()).isEqualTo(written.place());
            assertThat(mistake.key()).isEqualTo(written.key());
            assertThat(mistake.message()).startsWith("not supported");
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("keysThatTakeAnyText")
    void aKeyThatIsSaidToTakeAnyTextTakesThis(Case key) throws IOException {
        assertThat(write(key).mistakes()).isEmpty();
    }

    @Test
    void everyKeyHasABadValueOrTakesAnyText() {
        assertThat(keys().filter(key -> List.of(Standing.REQUIRED, Standing.OPTIONAL)
                        .contains(key.key().standing())))
                .allSatisfy(key -> assertThat(takesAnyText(key))
                        .as("%s takes any text, by the list of this test", name(key))
                        .isEqualTo(BadValues.of(SmallestAgent.what(key.component()), key.key())
                                .isEmpty()));
    }

    @Test
    void noListOfThisTestNamesWhatIsNotThere() {
        List<Case> all = keys().toList();
        assertThat(Stream.concat(BadValues.knownKeys().stream(), TAKE_ANY_TEXT.keySet().stream()))
                .allSatisfy(known -> assertThat(all)
                        .anyMatch(key -> known.equals(name(key))
                                || known.equals("* " + key.key().key())));
        assertThat(BadValues.knownExpectations())
                .allSatisfy(known ->
                        assertThat(all).anyMatch(key -> known.equals(key.key().expected())));
    }

    /** If it fails: look at what has changed, and copy the file that the message names over the one in the sources. */
    @Test
    void allMessagesAreThoseThatWereLookedOver() throws IOException, URISyntaxException {
        List<String> messages = new ArrayList<>();
        String component = "";
        for (Case bad : badValues().toList()) {
            if (!component.equals(SmallestAgent.what(bad.component()))) {
                component = SmallestAgent.what(bad.component());
                messages.add((messages.isEmpty() ? "" : "\n") + component);
            }
            messages.add("  " + bad.key().key() + " = " + bad.value());
            write(bad).mistakes().forEach(mistake -> messages.add("    " + shown(mistake)));
        }
        Path now = Files.write(Path.of("target", "bad-values.txt"), messages);
        Path lookedOver = Path.of(
                Objects.requireNonNull(getClass().getResource("bad-values.txt")).toURI());
        assertThat(now).hasSameTextualContentAs(lookedOver);
    }

    private static String shown(Finding mistake) {
        return (mistake.key() + ": " + mistake.message())
                .replace(directory.toString(), DIRECTORY)
                .replaceAll("(of this JDK \\(expected: of ).*\\)", "$1THOSE-OF-THE-JDK)")
                .replace(Long.toString(Runtime.getRuntime().maxMemory() / 2), "HALF-OF-THE-HEAP");
    }

    private static boolean takesAnyText(Case key) {
        return TAKE_ANY_TEXT.containsKey(name(key))
                || TAKE_ANY_TEXT.containsKey("* " + key.key().key());
    }

    private static String name(Case key) {
        return SmallestAgent.what(key.component()) + " " + key.key().key();
    }

    /** What came of a file with one bad line. */
    private record Written(Findings findings, String key, Place place) {
        List<Finding> mistakes() {
            return findings.mistakes();
        }
    }

    private static Written write(Case bad) throws IOException {
        Written before = WRITTEN.get(bad);
        if (before != null) {
            return before;
        }
        Written written = writeAnew(bad);
        WRITTEN.put(bad, written);
        return written;
    }

    /** Writes the value behind the key, where that stands already or as the last line. */
    private static Written writeAnew(Case bad) throws IOException {
        SmallestAgent agent = new SmallestAgent(bad.component(), stores);
        Map<String, String> lines = agent.linesFor(bad.key().key());
        String key = fullKey(agent, bad.key());
        lines.put(key, bad.value());
        int line = new ArrayList<>(new LinkedHashSet<>(lines.keySet())).indexOf(key) + 1;
        Path file = file();
        return new Written(read(lines).findings(), key, new Place(file.toString(), line));
    }

    /** With a name in place of what stands for one. */
    private static String fullKey(SmallestAgent agent, KeyDefinition key) {
        return agent.prefix()
                + key.key()
                        .replace("filegroups.<GROUP>", "filegroups.g")
                        .replace("headers.<GROUP>.<NAME>", "headers.g.colour")
                        .replace("serializers.<NAME>", "serializers.n")
                        .replace("priority.<SINK>", "priority.k")
                        .replace("keys.<KEY>", "keys.key-0")
                        .replace("<PORT>", "5140")
                        .replace("<STATUS>", "503")
                        .replaceAll("<[A-Z]+>", "name");
    }

    private static Path file() {
        return directory.resolve("agent.properties");
    }

    private static Configuration read(Map<String, String> lines) throws IOException {
        List<String> text = new ArrayList<>();
        lines.forEach((key, value) -> text.add(key + " = " + value));
        Files.write(file(), text);
        return Configuration.read(
                Configuration.Request.ofFiles(SmallestAgent.NAME, List.of(file()), false),
                new Environment(Map.of(), new Properties()),
                catalog,
                Relay.routing(),
                InstantSource.system());
    }
}
