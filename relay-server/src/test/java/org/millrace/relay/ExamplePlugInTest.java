package org.millrace.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Properties;
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
    void itsKeysAreInTheHelp() throws Exception {
        install();
        try (PlugIns plugIns = PlugIns.of(directory.resolve("plugins.d").toString())) {
            List<ComponentReference> references = ComponentReferences.of(ComponentCatalog.of(plugIns)).stream()
                    .filter(reference -> reference.origin().equals("plug-in example"))
                    .toList();
            assertThat(references)
                    .extracting(ComponentReference::type)
                    .containsExactlyInAnyOrder("heartbeat", "line_file", "mask");
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
        Path file = Files.writeString(directory.resolve("a.properties"), text);
        Configuration configuration = Configuration.read(
                Configuration.Request.ofFiles("a", List.of(file), false),
                new Environment(Map.of(), new Properties()),
                catalog,
                Relay.routing(),
                InstantSource.system());
        assertThat(configuration.findings().mistakes()).isEmpty();
        return configuration.assembly();
    }
}
