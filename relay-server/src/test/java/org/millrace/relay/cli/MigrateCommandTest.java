package org.millrace.relay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.relay.config.ComponentCatalog;
import org.millrace.relay.config.Differences;
import org.millrace.relay.config.Environment;
import org.millrace.relay.config.Migration;
import picocli.CommandLine;

class MigrateCommandTest {
    private static final String FILE = """
            a.channels = c
            a.sinks = k
            a.channels.c.type = memory
            a.sinks.k.type = logger
            a.sinks.k.channel = c
            """;

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void theExitCodeSaysWhetherItCanBeStartedAsItIs() throws IOException {
        assertThat(run(file(FILE))).isEqualTo(ExitCode.DONE);
        assertThat(out.toString())
                .contains(
                        "agent a: 0 change, ",
                        "; can be started as it is",
                        "advice ",
                        "a.channels.c\n           Flume:    holds 100 events");
        assertThat(run(file(FILE.replace("k.channel = c", "k.channel = d")))).isEqualTo(ExitCode.FAILED);
        assertThat(out.toString())
                .contains(
                        "flume.properties:5: a.sinks.k.channel: d (expected: one of the declared channels: c",
                        "           Flume:    removes the sink with a warning",
                        "           to do:    correct the name",
                        "; has to be changed before it starts");
        assertThat(run(file(FILE), "-n", "b")).isEqualTo(ExitCode.REFUSED);
        assertThat(err.toString()).contains("no agent b in these files (agents there: a)");
        assertThat(run("/no/such/file")).isEqualTo(ExitCode.REFUSED);
        assertThat(run()).isEqualTo(ExitCode.USAGE);
        assertThat(run("-f", file(FILE), "--name", "a")).isEqualTo(ExitCode.DONE);
    }

    /** If it fails: {@code bin/millrace migrate --markdown > docs/migration.md}. */
    @Test
    void thePageInTheDocumentationIsOfToday() throws IOException {
        assertThat(run("--markdown")).isEqualTo(ExitCode.DONE);
        assertThat(out.toString()).isEqualTo(MigrationPage.of(Differences.all()));
        assertThat(Files.readString(Path.of("../docs/migration.md"))).isEqualTo(out.toString());
    }

    private String file(String text) throws IOException {
        return Files.writeString(directory.resolve("flume.properties"), text).toString();
    }

    private int run(String... args) {
        out.getBuffer().setLength(0);
        MigrateCommand command = new MigrateCommand(
                (files, agent) -> Migration.of(
                        List.copyOf(files),
                        agent,
                        new Environment(Map.of(), new Properties()),
                        ComponentCatalog.ofClassPath()),
                new PrintWriter(out, true),
                new PrintWriter(err, true));
        return new CommandLine(command).execute(args);
    }
}
