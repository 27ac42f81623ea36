package org.millrace.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.relay.config.ComponentCatalog;
import org.millrace.relay.config.Configuration;
import org.millrace.relay.config.Environment;
import org.millrace.relay.config.Finding;

/** The configurations of docs/configuration.md, and the messages that it shows. */
class ConfigurationPageTest {
    private static final Path PAGE = Path.of("..", "docs", "configuration.md");

    @TempDir
    private Path directory;

    private List<String> page;
    private String edge;
    private String secrets;

    @BeforeEach
    void readPage() throws IOException {
        page = Files.readAllLines(PAGE);
        edge = block("edge.sources = web");
        Path command = Files.writeString(directory.resolve("secret"), "#!/bin/sh\necho \"$1.example.com\"\n");
        Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwx------"));
        secrets = block("edge.configfilters = vars vault").replace("/opt/bin/secret", command.toString());
    }

    @Test
    void theFileIsGood() throws IOException {
        Configuration configuration = read(Map.of("edge.properties", edge), Map.of());
        assertThat(configuration.findings().mistakes()).isEmpty();
        assertThat(configuration.findings().notes()).isEmpty();
    }

    @Test
    void theFiltersGiveTheirValuesAndKeepThemOutOfSight() throws IOException {
        Map<String, String> files = Map.of("edge.properties", edge, "secrets.properties", secrets);

        assertThat(read(files, Map.of("EDGE_PORT", "8080")).findings().mistakes())
                .isEmpty();
        assertThat(mistakes(read(files, Map.of("EDGE_PORT", "http")))).containsExactlyElementsOf(shown("secrets"));
    }

    @Test
    void theMessagesAreThoseOfToday() throws IOException {
        String wrong = edge.replace("4141", "414100")
                .replace("hostname", "hostnam")
                .replace("web.channels = disk", "web.channels = dsk");
        assertThat(mistakes(read(Map.of("wrong.properties", wrong), Map.of())))
                .containsExactlyElementsOf(shown("wrong"));

        String unresolved = edge.replace("port = 8080", "port = ${edge.sources.web.prt}");
        assertThat(mistakes(read(Map.of("edge.properties", unresolved), Map.of())))
                .containsAll(shown("edge"));
    }

    /** The indented lines from this one on, blank ones included, as far as they go. */
    private String block(String firstLine) {
        int at = page.indexOf("    " + firstLine);
        assertThat(at).as(firstLine).isNotNegative();
        return page.subList(at, page.size()).stream()
                .takeWhile(line -> line.isEmpty() || line.startsWith("    "))
                .map(String::stripLeading)
                .collect(Collectors.joining("\n"));
    }

    /** Messages about a file that stand in the page by themselves. */
    private List<String> shown(String file) {
        List<String> shown = page.stream()
                .filter(line -> line.startsWith("    " + file + ".properties:"))
                .filter(line -> !line.contains(": agent "))
                .map(String::strip)
                .toList();
        assertThat(shown).isNotEmpty();
        return shown;
    }

    private List<String> mistakes(Configuration configuration) {
        return configuration.findings().mistakes().stream()
                .map(Finding::toString)
                .map(text -> text.replace(directory + "/", ""))
                .toList();
    }

    private Configuration read(Map<String, String> files, Map<String, String> variables) throws IOException {
        for (Map.Entry<String, String> file : files.entrySet()) {
            Files.writeString(directory.resolve(file.getKey()), file.getValue());
        }
        List<Path> paths = files.keySet().stream()
                .sorted() // edge, then secrets
                .map(directory::resolve)
                .toList();
        return Configuration.read(
                Configuration.Request.ofFiles("edge", paths, false),
                new Environment(variables, new Properties()),
                ComponentCatalog.ofClassPath(),
                Relay.routing(),
                InstantSource.system());
    }
}
