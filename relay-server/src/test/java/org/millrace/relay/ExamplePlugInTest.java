package org.millrace.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.relay.config.Assembly;
import org.millrace.relay.config.ComponentCatalog;
import org.millrace.relay.config.ComponentReference;
import org.millrace.relay.config.ComponentReferences;
import org.millrace.relay.config.Configuration;
import org.millrace.relay.config.Environment;
import org.millrace.relay.fakes.PlugInJar;
import org.millrace.relay.metrics.MonitoringSettings;
import org.millrace.relay.plugin.PlugIns;
import org.millrace.testkit.process.FreePorts;

/** The plug-in that people copy, compiled from its sources as they stand, in an agent. */
class ExamplePlugInTest {
    private static final Path EXAMPLE = Path.of("..", "examples", "plugin");

    @TempDir
    private Path directory;

    @Test
    void itsSourceInterceptorAndSinkDoInAnAgentWhatItsReadmeSays() throws Exception {
        Path file = directory.resolve("heartbeats");
        String readme = Files.readString(EXAMPLE.resolve("README.md"));
        String lines = readme.substring(readme.indexOf("    a.sources = beat"), readme.indexOf("`millrace agent -n a"))
                .replace("/tmp/heartbeats", file.toString());
        install();
        try (PlugIns plugIns = PlugIns.of(directory.resolve("plugins.d").toString())) {
            ComponentCatalog catalog = ComponentCatalog.of(plugIns);
            Relay relay = Relay.monitored(
                    assembly(lines + "a.sources.beat.interval = 1\n", catalog),
                    new MonitoringSettings(null),
                    Duration.ofSeconds(20));
            relay.start();
            try {
                await().until(() -> Files.size(file) > 100);
            } finally {
                relay.close();
            }
            assertThat(Files.readAllLines(file)).hasSizeGreaterThan(4).containsOnly("card ************1234");
            assertThat(catalog.problems()).isEmpty();
        }
    }

    @Test
    void itsHandlerTakesLinesOverHttpWithTheKeysOfItsReadme() throws Exception {
        Path file = directory.resolve("lines");
        int port = FreePorts.next();
        String readme = Files.readString(EXAMPLE.resolve("README.md"));
        String lines = """
                a.sources = web
                a.channels = c
                a.channels.c.type = memory
                a.sinks = out
                a.sinks.out.type = line_file
                a.sinks.out.channel = c
                a.sinks.out.file = FILE
                """.replace("FILE", file.toString())
                + readme.substring(readme.indexOf("    a.sources.web.type"), readme.indexOf("How all this works"))
                        .replace("8080", Integer.toString(port));
        install();
        try (PlugIns plugIns = PlugIns.of(directory.resolve("plugins.d").toString())) {
            Relay relay = Relay.monitored(
                    assembly(lines, ComponentCatalog.of(plugIns)),
                    new MonitoringSettings(null),
                    Duration.ofSeconds(20));
            relay.start();
            try {
                assertThat(post(port, "one\n\ntwo").statusCode()).isEqualTo(200);
                assertThat(post(port, "x\n".repeat(501)).statusCode()).isEqualTo(413);
                await().until(() -> Files.exists(file) && Files.size(file) > 7);
            } finally {
                relay.close();
            }
            assertThat(Files.readAllLines(file)).containsExactly("one", "two");
        }
    }

    private static HttpResponse<String> post(int port, String content) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                .timeout(Duration.ofSeconds(60))
                .version(HttpClient.Version.HTTP_1_1)
                .POST(BodyPublishers.ofString(content))
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    }

    @Test
    void aBadValueOfItsHandlerIsNamedWithFileLineAndKey() throws Exception {
        install();
        String lines = """
                a.sources = web
                a.channels = c
                a.channels.c.type = memory
                a.sources.web.type = http
                a.sources.web.port = 0
                a.sources.web.channels = c
                a.sources.web.handler = lines
                a.sources.web.handler.mostLines = none
                a.sources.web.handler.mostLine = 1
                """;
        try (PlugIns plugIns = PlugIns.of(directory.resolve("plugins.d").toString())) {
            assertThat(mistakes(lines, ComponentCatalog.of(plugIns)))
                    .containsExactly(
                            "8: a.sources.web.handler.mostLines: none (expected: a whole number, 1 to 1000000)",
                            "9: a.sources.web.handler.mostLine: unknown key (did you mean a.sources.web.handler.mostLines?)");
        }
    }

    @Test
    void itsKeysAreInTheHelp() throws Exception {
        install();
        try (PlugIns plugIns = PlugIns.of(directory.resolve("plugins.d").toString())) {
            ComponentCatalog catalog = ComponentCatalog.of(plugIns);
            List<ComponentReference> references = Stream.of(
                            ComponentReferences.of(catalog), ComponentReferences.partsOf(catalog))
                    .flatMap(List::stream)
                    .filter(reference -> reference.origin().equals("plug-in example"))
                    .toList();
            assertThat(references)
                    .extracting(ComponentReference::type)
                    .containsExactlyInAnyOrder("heartbeat", "line_file", "mask", "lines");
            assertThat(references).allSatisfy(reference -> {
                assertThat(reference.summary()).isNotEmpty();
                assertThat(reference.keys())
                        .allSatisfy(key -> assertThat(key.meaning()).isNotEmpty());
            });
        }
    }

    /** Its pom is built with ours; this is what a release must not forget. */
    @Test
    void itNeedsTheContractsOfThisVersionAndNothingElse() throws IOException {
        String ours = Files.readString(Path.of("pom.xml"));
        String version = ours.substring(ours.indexOf("<version>"), ours.indexOf("</version>"));
        String pom = Files.readString(EXAMPLE.resolve("pom.xml"));
        String dependencies = pom.substring(pom.indexOf("<dependencies>"), pom.indexOf("</dependencies>"));
        assertThat(dependencies).contains("<artifactId>relay-api</artifactId>", version);
        assertThat(dependencies.split("<dependency>")).hasSize(2);
    }

    private void install() {
        new PlugInJar()
                .module(EXAMPLE.resolve("src").resolve("main"))
                .writeTo(directory.resolve("plugins.d/example/lib/example.jar"));
    }

    private Assembly assembly(String text, ComponentCatalog catalog) throws IOException {
        Configuration configuration = configuration(text, catalog);
        assertThat(configuration.findings().mistakes()).isEmpty();
        return configuration.assembly();
    }

    private List<String> mistakes(String text, ComponentCatalog catalog) throws IOException {
        String file = directory.resolve("a.properties") + ":";
        return configuration(text, catalog).findings().mistakes().stream()
                .map(finding -> finding.toString().replace(file, ""))
                .toList();
    }

    private Configuration configuration(String text, ComponentCatalog catalog) throws IOException {
        Path file = Files.writeString(directory.resolve("a.properties"), text);
        return Configuration.read(
                Configuration.Request.ofFiles("a", List.of(file), false),
                new Environment(Map.of(), new Properties()),
                catalog,
                Relay.routing(),
                InstantSource.system());
    }
}
