package org.millrace.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.client.BodyRecorder;
import org.millrace.client.ClientProperties;
import org.millrace.testkit.process.EventServer;

/** The example of {@code docs/client.md} and the properties files of {@code conf/client}. */
class SendLinesTest {
    private static final Path ROOT = Path.of("..");
    private static final Path CONF = ROOT.resolve("conf/client");
    private static final String BEGIN = "```java\n";

    @TempDir
    private Path directory;

    @Test
    void thePageShowsTheExampleAsItIs() throws IOException {
        String page = Files.readString(ROOT.resolve("docs/client.md"));
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        String shown = page.substring(begin, page.indexOf("```", begin));
        String example = Files.readString(Path.of("src/test/java/org/millrace/example/SendLines.java"));
        assertThat(shown).isEqualTo(example);
    }

    @ParameterizedTest
    @CsvSource({"default, FirstOnly", "failover, Failover", "loadbalance, LoadBalance"})
    void everyFileOfConfIsRead(String name, String policy) throws IOException {
        ClientProperties read = ClientProperties.read(load(name));
        assertThat(read.notes()).isEmpty();
        assertThat(read.settings().policy().getClass().getSimpleName()).isEqualTo(policy);
    }

    @ParameterizedTest
    @CsvSource({"default", "failover", "loadbalance"})
    void theExampleSendsEveryLine(String name) throws Exception {
        BodyRecorder recorder = new BodyRecorder();
        List<String> lines =
                IntStream.range(0, 1_234).mapToObj(i -> "line " + i).toList();
        Path log = Files.write(directory.resolve("log"), lines);
        try (EventServer one = new EventServer(0, recorder);
                EventServer other = new EventServer(0, recorder)) {
            Properties properties = load(name);
            properties.setProperty("hosts.h1", "127.0.0.1:" + one.port());
            properties.replace("hosts.h2", "127.0.0.1:" + other.port());
            Path file = directory.resolve("client.properties");
            try (var out = Files.newOutputStream(file)) {
                properties.store(out, null);
            }
            SendLines.main(new String[] {file.toString(), log.toString()});
            assertThat(recorder.bodies()).containsExactlyInAnyOrderElementsOf(lines);
        }
    }

    private static Properties load(String name) throws IOException {
        Properties properties = new Properties();
        try (var in = Files.newInputStream(CONF.resolve(name + ".properties"))) {
            properties.load(in);
        }
        return properties;
    }
}
