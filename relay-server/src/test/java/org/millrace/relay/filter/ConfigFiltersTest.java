package org.millrace.relay.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.millrace.api.ComponentFactory;
import org.millrace.relay.Relay;
import org.millrace.relay.config.ComponentCatalog;
import org.millrace.relay.config.Configuration;
import org.millrace.relay.config.Environment;
import org.millrace.relay.fakes.PlugInJar;
import org.millrace.relay.plugin.PlugIns;

/** Config filters as a file has them, with the factories that are on the class path. */
class ConfigFiltersTest {
    private static final String AGENT = """
            a.channels = c1
            a.sinks = k1
            a.channels.c1.type = memory
            a.sinks.k1.type = avro
            a.sinks.k1.channel = c1
            # the line of the first of what follows is the seventh
            """;

    @TempDir
    private Path directory;

    private Path script;

    @ParameterizedTest
    @MethodSource("forms")
    void aReferenceStandsForWhatTheFilterHas(String value) throws IOException {
        Configuration configuration = read("""
                a.configfilters = f
                a.configfilters.f.type = env
                a.sinks.k1.hostname = h
                a.sinks.k1.port = %s
                """.formatted(value));
        assertThat(configuration.findings().mistakes()).isEmpty();
        assertThat(configuration.assembly()).isNotNull();
    }

    static Stream<String> forms() {
        return Stream.of(
                "${f['PORT']}",
                "${f[\"PORT\"]}",
                "${f[PORT]}",
                "41${f['REST']}",
                "${f['NONE']:-4141}",
                "${my.port}\nmy.port = ${f[PORT]}");
    }

    static Stream<Arguments> mistakes() {
        String env = "a.configfilters = f\na.configfilters.f.type = env\n";
        String external = "a.configfilters = f\na.configfilters.f.type = external\na.configfilters.f.command = ";
        return Stream.of(
                mistake(
                        env + "a.sinks.k1.hostname = ${f['NONE']}",
                        ":9: a.sinks.k1.hostname: ${f['NONE']} (config filter f has no value for it)"),
                mistake(
                        env + "a.sinks.k1.hostname = ${g['PORT']}",
                        ":9: a.sinks.k1.hostname: ${g['PORT']} (expected: one of the config filters f"),
                mistake(
                        "a.sinks.k1.hostname = ${g['PORT']}",
                        ":7: a.sinks.k1.hostname: ${g['PORT']} (there is no config filter g; expected: one in a.configfilters)"),
                mistake(
                        env + "a.configfilters.f.command = x\na.sinks.k1.hostname = h",
                        ":9: a.configfilters.f.command: unknown key"),
                mistake(
                        "a.configfilters = f\na.configfilters.f.type = evn\na.sinks.k1.hostname = h",
                        ":8: a.configfilters.f.type: evn (expected: a config filter type: env, external"),
                mistake(
                        "a.configfilters.f.type = env\na.sinks.k1.hostname = h",
                        ":7: a.configfilters.f.type: config filter f is not in a.configfilters (there is no such list)"),
                mistake(
                        "a.configfilters = f\na.configfilters.f.type = external\na.sinks.k1.hostname = h",
                        ":8: a.configfilters.f.command: missing (expected: a program and its arguments)"),
                mistake(
                        external + "SCRIPT\na.configfilters.f.charset = utf-88\na.sinks.k1.hostname = h",
                        ":10: a.configfilters.f.charset: utf-88 (expected: a character set, such as UTF-8; there is none of that name)"),
                mistake(
                        external + "SCRIPT\na.configfilters.f.timeout = 0\na.sinks.k1.hostname = h",
                        ":10: a.configfilters.f.timeout: 0 (expected: a number of seconds, 1 to 600)"),
                mistake(
                        external + "SCRIPT\na.sinks.k1.hostname = ${f[fail]}",
                        ":10: a.sinks.k1.hostname: ${f[fail]} (config filter f: SCRIPT ended with exit code 3)"),
                mistake(
                        external + "SCRIPT\na.sinks.k1.hostname = ${f[silent]}",
                        "(config filter f: SCRIPT printed nothing)"),
                mistake(
                        external + "SCRIPT\na.configfilters.f.timeout = 1\na.sinks.k1.hostname = ${f[slow]}",
                        "(config filter f: SCRIPT has not ended within 1 s)"),
                mistake(
                        external + "/no/such/program\na.sinks.k1.hostname = ${f[x]}",
                        "(config filter f: /no/such/program cannot be run)"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void whatCannotBeResolvedIsAMistakeWithItsPlace(String lines, String mistake) throws IOException {
        Configuration configuration = read(lines.replace("SCRIPT", script().toString()) + "\na.sinks.k1.port = 1\n");
        assertThat(configuration.findings().mistakes())
                .singleElement()
                .asString()
                .contains(mistake.replace("SCRIPT", script().toString()));
    }

    @Test
    void aProgramGetsItsArgumentsThenTheKeyAndRunsOnceForEachKey() throws IOException {
        Configuration configuration = read("""
                a.configfilters = f
                a.configfilters.f.type = external
                a.configfilters.f.command = %s  two   words
                a.sinks.k1.hostname = ${f['port']}
                a.sinks.k1.port = ${f['port']}
                """.formatted(script()));
        assertThat(configuration.findings().mistakes()).isEmpty();
        assertThat(Files.readAllLines(directory.resolve("calls"))).containsExactly("two words port");
    }

    @Test
    void whatAFilterGaveIsNeverShown() throws IOException {
        Configuration configuration = read("""
                a.configfilters = f
                a.configfilters.f.type = env
                a.sinks.k1.port = ${f[SECRET]}
                a.sinks.k1.batch-size = x${f[SECRET]}
                a.sinks.k1.hostname = ${b}
                b = ${f[SECRET]}
                a.sinks.k1.nokey = ${a.sinks.k1.port}
                """);
        assertThat(configuration.findings().mistakes()).isNotEmpty();
        assertThat(configuration.findings().mistakes().toString())
                .contains("******")
                .doesNotContain("open-sesame");
        assertThat(configuration.findings().masked("no such host: open-sesame")).isEqualTo("no such host: ******");
    }

    @Test
    void aFilterThatBreaksIsAMistakeAndItsMessageIsNotShown() throws IOException {
        for (String failure : List.of("IllegalStateException", "NoClassDefFoundError")) {
            new PlugInJar()
                    .source("com.acme.Broken", """
                            public class Broken implements org.millrace.api.ComponentFactory.OfConfigFilter {
                                public java.util.List<String> typeNames() { return java.util.List.of("broken"); }
                                public org.millrace.api.ConfigFilter create(
                                        org.millrace.api.ConfigFilterContext context, org.millrace.api.Settings settings) {
                                    return key -> { throw new FAILURE("com/acme/open_sesame"); };
                                }
                            }
                            """.replace("FAILURE", failure))
                    .provides(ComponentFactory.OfConfigFilter.class, "com.acme.Broken")
                    .writeTo(directory.resolve(failure + "/acme/lib/acme.jar"));
            try (PlugIns plugIns = PlugIns.of(directory.resolve(failure).toString())) {
                Configuration configuration = read("""
                        a.configfilters = f
                        a.configfilters.f.type = broken
                        a.sinks.k1.port = 1
                        a.sinks.k1.hostname = ${f['host']}
                        """, ComponentCatalog.of(plugIns));
                assertThat(configuration.findings().mistakes())
                        .singleElement()
                        .asString()
                        .contains(":10: a.sinks.k1.hostname: ${f['host']} (config filter f failed: ")
                        .contains(
                                failure.equals("IllegalStateException")
                                        ? "java.lang.IllegalStateException at "
                                        : "lacks the class com.acme.open_sesame")
                        .doesNotContain("com/acme/open_sesame");
            }
        }
    }

    @Test
    void anotherAgentsFiltersAreNotAsked() throws IOException {
        Configuration configuration = read("""
                a.sinks.k1.port = 1
                a.sinks.k1.hostname = h
                b.channels = c
                b.sinks = k
                b.configfilters = f
                b.configfilters.f.type = external
                b.configfilters.f.command = %s
                b.sinks.k.port = ${f['port']}
                """.formatted(script()));
        assertThat(configuration.findings().mistakes()).isEmpty();
        assertThat(directory.resolve("calls")).doesNotExist();
    }

    private static Arguments mistake(String lines, String mistake) {
        return Arguments.of(lines, mistake);
    }

    private Path script() throws IOException {
        if (script == null) {
            script = Files.writeString(directory.resolve("secrets.sh"), """
                    #!/bin/sh
                    echo "$@" >> "$(dirname "$0")/calls"
                    for key; do :; done
                    case $key in
                      port) echo 4141; echo more ;;
                      fail) echo top-secret; exit 3 ;;
                      slow) exec sleep 60 ;;
                    esac
                    """);
            Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        }
        return script;
    }

    private Configuration read(String lines) throws IOException {
        return read(lines, ComponentCatalog.ofClassPath());
    }

    private Configuration read(String lines, ComponentCatalog catalog) throws IOException {
        Path file = Files.writeString(directory.resolve("a.properties"), AGENT + lines);
        return Configuration.read(
                Configuration.Request.ofFiles("a", List.of(file), false),
                new Environment(Map.of("PORT", "4141", "REST", "41", "SECRET", "open-sesame"), new Properties()),
                catalog,
                Relay.routing(),
                InstantSource.system());
    }
}
