package org.millrace.relay.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page about monitoring names each figure that a component has, and no other. Figures are found in the code, by how they are made. */
class MonitoringPageTest {
    private static final Path ROOT = Path.of("..");
    private static final PathMatcher SHIPPED = FileSystems.getDefault()
            .getPathMatcher(
                    "glob:../{file-channel,hdfs-writer,jms,listener,relay-api,relay-server,thrift}/src/main/**.java");
    private static final Pattern MADE =
            Pattern.compile("(?:\\.(?:counter|timer|gauge|histogram)|\\b(?:gauge|logGauge))\\(\\s*\"([A-Za-z.]+)\"");
    private static final Pattern TOLD = Pattern.compile("`([a-z][A-Za-z0-9]*(?:\\.[A-Za-z<>]+)*)`");

    @Test
    void eachFigureIsToldOnThePage() throws IOException {
        Set<String> told = told();

        Set<String> untold = new TreeSet<>(made());
        untold.removeIf(figure -> told.stream().anyMatch(name -> isSame(figure, name)));
        assertThat(untold).isEmpty();
    }

    @Test
    void thePageTellsOfNoFigureThatThereIsNot() throws IOException {
        Set<String> made = made();
        Set<String> invented = new TreeSet<>(told());
        invented.removeIf(name -> made.stream().anyMatch(figure -> isSame(figure, name)));

        assertThat(invented).isEmpty();
    }

    /** Names that are put together end in the code where what differs begins, and have a word in brackets or a status there on the page. */
    private static boolean isSame(String made, String told) {
        return told.equals(made)
                || (made.endsWith(".") && told.startsWith(made))
                || (made.equals("answers") && told.startsWith(made));
    }

    private static Set<String> made() throws IOException {
        Set<String> names = new TreeSet<>();
        names.add("running"); // these have a constant for their name
        names.add("connectionsRefused.tls");
        names.add("failuresInARow"); // through a method that is given the name
        try (Stream<Path> files = Files.walk(ROOT)) {
            for (Path file : files.filter(SHIPPED::matches).toList()) {
                MADE.matcher(Files.readString(file))
                        .results()
                        .map(r -> r.group(1))
                        .forEach(names::add);
            }
        }
        assertThat(names).hasSizeGreaterThan(100);
        return names;
    }

    /** The first column of the tables behind the first. */
    private static Set<String> told() throws IOException {
        String page = Files.readString(ROOT.resolve("docs/monitoring.md"));
        return page.substring(page.indexOf("\n## Sources"))
                .lines()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.substring(0, line.indexOf(" | ")))
                .flatMap(cell -> TOLD.matcher(cell).results().map(MatchResult::group))
                .map(name -> name.replace("`", ""))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
