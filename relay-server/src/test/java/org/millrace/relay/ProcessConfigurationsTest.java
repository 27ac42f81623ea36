package org.millrace.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.api.ComponentFactory;
import org.millrace.relay.config.Configuration;
import org.millrace.relay.config.ConfigurationReader;
import org.millrace.relay.fakes.PlugInJar;
import org.millrace.relay.plugin.PlugIns;

class ProcessConfigurationsTest {
    private static final String FILE = """
            a.channels = c
            a.sinks = k
            a.channels.c.type = memory
            a.sinks.k.type = counted
            a.sinks.k.channel = c
            """;

    @TempDir
    private Path directory;

    /** Its classes count how often they were used: from the start again, if they were loaded again. */
    @Test
    void plugInsAreLoadedOnceHoweverOftenTheFileIsRead() throws IOException {
        new PlugInJar()
                .source("com.acme.Counted", """
                        public class Counted implements org.millrace.api.ComponentFactory.OfSink {
                            private static int made;
                            public java.util.List<String> typeNames() { return java.util.List.of("counted"); }
                            public org.millrace.api.Sink create(
                                    org.millrace.api.SinkContext context, org.millrace.api.Settings settings) {
                                String outlook = "made as number " + ++made;
                                return new org.millrace.api.Sink() {
                                    public void start() {}
                                    public Drain drain() { return Drain.IDLE; }
                                    public String outlook() { return outlook; }
                                    public void close() {}
                                };
                            }
                        }
                        """)
                .provides(ComponentFactory.OfSink.class, "com.acme.Counted")
                .writeTo(directory.resolve("plugins.d/acme/lib/acme.jar"));
        Path file = Files.writeString(directory.resolve("a.properties"), FILE);
        Configuration.Request request = Configuration.Request.ofFiles("a", List.of(file), false);
        System.setProperty(PlugIns.PATH_PROPERTY, directory.resolve("plugins.d").toString());
        try {
            ConfigurationReader reader = new ProcessConfigurations();
            assertThat(outlook(reader.read(request, null))).isEqualTo("made as number 1");
            assertThat(outlook(reader.read(request, null))).isEqualTo("made as number 2");
        } finally {
            System.clearProperty(PlugIns.PATH_PROPERTY);
        }
    }

    private static String outlook(Configuration configuration) {
        assertThat(configuration.findings().mistakes()).isEmpty();
        return configuration.assembly().sinks().get(0).sink().outlook();
    }
}
