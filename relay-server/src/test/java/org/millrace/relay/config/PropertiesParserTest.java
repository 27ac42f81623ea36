package org.millrace.relay.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.io.StringReader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PropertiesParserTest {
    private static final String ALPHABET = "ab.=: \t\f\\\\\\#!\n\n\rtnu\u00e9\u20ac";

    private final Findings findings = new Findings();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void readsWhateverJavaUtilPropertiesReads(long seed) throws IOException {
        Random random = new Random(seed);
        for (int run = 0; run < 20_000; run++) {
            // java.util.Properties makes an empty key of a file that ends in a continuation: the last line keeps that
            // out
            String text = text(random) + "\nz=z";
            Map<String, String> expected = byJava(text);
            assertThat(byUs(text)).as("seed %d: %s", seed, escaped(text)).isEqualTo(expected);
        }
    }

    @Test
    void eachKeyHasTheLineItBeginsIn() {
        List<Property> properties = parse("# c\n\na = 1\r\nb = x \\\n   y\\\n   z\rc:3\n  ! d\n e f");
        assertThat(properties)
                .extracting(
                        Property::key,
                        Property::value,
                        property -> property.place().line())
                .containsExactly(tuple("a", "1", 3), tuple("b", "x yz", 4), tuple("c", "3", 7), tuple("e", "f", 9));
    }

    @Test
    void valuesAreTrimmedAtBothEndsAsInFlume() {
        assertThat(parse("a = b \t "))
                .singleElement()
                .extracting(Property::value)
                .isEqualTo("b");
    }

    @Test
    void aBadEscapeIsAMistakeWithItsLine() {
        parse("a = 1\nb = \\u00g9");
        assertThat(findings.mistakes()).singleElement().asString().startsWith("f:2: \\u00g9 (expected: four");
    }

    @Test
    void aFileMayEndInABackslash() {
        assertThat(parse("a = b\\")).singleElement().extracting(Property::value).isEqualTo("b");
        assertThat(parse("\\")).as("and no empty key comes of it").isEmpty();
    }

    private List<Property> parse(String text) {
        return PropertiesParser.parse(text, "f", findings);
    }

    private Map<String, String> byUs(String text) {
        Map<String, String> values = new LinkedHashMap<>();
        parse(text).forEach(property -> values.put(property.key(), property.value()));
        return values;
    }

    private static Map<String, String> byJava(String text) throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader(text));
        Map<String, String> values = new LinkedHashMap<>();
        // two keys may become one when trimmed: then either's value is right, so such texts are not made (see text)
        properties.forEach((key, value) -> values.put(((String) key).trim(), ((String) value).trim()));
        return values;
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(24);
        for (int i = 0; i < length; i++) {
            text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        // a malformed \\u is no text for java.util.Properties; white space escaped into a key would be trimmed
        return text.toString().replaceAll("\\\\+u", "\\\\\\\\u0041").replaceAll("\\\\+(?=[ \\t\\ftnrf])", "-");
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
    }
}
