package org.millrace.relay.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.api.ComponentFactory;
import org.millrace.relay.Relay;
import org.millrace.relay.fakes.PlugInJar;
import org.millrace.relay.plugin.PlugIns;

/** What an operator reads about plug-ins beside what is wrong with the file. */
class PlugInFindingsTest {
    @TempDir
    private Path directory;

    @Test
    void twoPlugInsWithTheSameTypeAreAMistakeAndSoIsATypeOfOurs() throws IOException {
        install("first", "parrot", "return null;");
        install("second", "parrot", "return null;");
        install("third", "AVRO", "return null;");
        assertThat(mistakes("null"))
                .contains(
                        "plug-in second: sink type parrot: plug-in first has it too (expected: one of them)",
                        "plug-in third: sink type AVRO: Millrace itself, or its class path, has it too (expected: one of"
                                + " them)");
    }

    @Test
    void aFactoryThatMakesNothingOrFailsIsAMistakeOfTheComponent() throws IOException {
        install("acme", "parrot", "return null;");
        assertThat(mistakes("parrot"))
                .containsExactly("6: a.sinks.k.type: cannot be made: plug-in acme: com.acme.Factory made nothing");
        install("acme", "parrot", "com.lib.Gone.it(); return null;");
        assertThat(mistakes("parrot"))
                .containsExactly(
                        "6: a.sinks.k.type: cannot be made: plug-in acme: com.acme.Factory lacks the class com.lib.Gone"
                                + " (expected: its jar in the plug-in's libext)");
    }

    @Test
    void aClassWrittenForFlumeIsRefusedWhereTheFileNamesIt() throws IOException {
        install("acme", "parrot", "return null;");
        assertThat(mistakes("com.acme.OldSink"))
                .singleElement()
                .asString()
                .startsWith("6: a.sinks.k.type: com.acme.OldSink (plug-in acme: the class is written for Flume");
        assertThat(mistakes("com.acme.NoSuch"))
                .singleElement()
                .asString()
                .endsWith("no plug-in has such a class: one of your own comes in a jar in plugins.d)");
    }

    private void install(String plugIn, String type, String create) {
        new PlugInJar()
                .source("com.acme.Factory", """
                        public class Factory implements org.millrace.api.ComponentFactory.OfSink {
                            public java.util.List<String> typeNames() { return java.util.List.of("TYPE"); }
                            public org.millrace.api.Sink create(org.millrace.api.SinkContext context, org.millrace.api.Settings settings) {
                                CREATE
                            }
                        }
                        """.replace("TYPE", type).replace("CREATE", create))
                .source("com.lib.Gone", "public class Gone { public static void it() {} }")
                .source("org.apache.flume.Sink", "public interface Sink {}")
                .source("com.acme.OldSink", "public class OldSink implements org.apache.flume.Sink {}")
                .without("com.lib")
                .without("org.apache.flume")
                .provides(ComponentFactory.OfSink.class, "com.acme.Factory")
                .writeTo(directory.resolve(plugIn).resolve("lib").resolve("own.jar"));
    }

    private List<String> mistakes(String sinkType) throws IOException {
        String text = """
                a.channels = c
                a.sinks = k
                a.channels.c.type = memory
                a.channels.c.capacity = 100
                a.sinks.k.channel = c
                a.sinks.k.type = TYPE
                """.replace("TYPE", sinkType);
        Path file = Files.writeString(directory.resolve("a.properties"), text);
        try (PlugIns plugIns = PlugIns.of(directory.toString())) {
            Configuration configuration = Configuration.read(
                    Configuration.Request.ofFiles("a", List.of(file), false),
                    new Environment(Map.of(), new Properties()),
                    ComponentCatalog.of(plugIns),
                    Relay.routing(),
                    InstantSource.system());
            return configuration.findings().mistakes().stream()
                    .map(finding -> finding.toString().replace(file + ":", ""))
                    .toList();
        }
    }
}
