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
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.api.ComponentFactory;
import org.millrace.relay.config.ComponentCatalog;
import org.millrace.relay.config.Configuration;
import org.millrace.relay.config.Environment;
import org.millrace.relay.fakes.PlugInJar;
import org.millrace.relay.metrics.MonitoringSettings;
import org.millrace.relay.plugin.PlugIns;

/** Parts of components that a plug-in brings: in an agent, and what is said about those that are not as they should be. */
class PlugInPartsTest {
    private static final String AGENT = """
            a.sources = r
            a.channels = c
            a.sinks = k
            a.channels.c.type = memory
            a.sources.r.type = spooldir
            a.sources.r.spoolDir = HOME/in
            a.sources.r.channels = c
            a.sources.r.pollDelay = 1
            a.sources.r.basenameHeader = true
            a.sources.r.deserializer = words
            a.sources.r.deserializer.separator = ,
            a.sources.r.interceptors = x
            a.sources.r.interceptors.x.type = regex_extractor
            a.sources.r.interceptors.x.regex = (.*)
            a.sources.r.interceptors.x.serializers = s
            a.sources.r.interceptors.x.serializers.s.name = upper
            a.sources.r.interceptors.x.serializers.s.type = com.acme.UpperFactory
            a.sinks.k.type = file_roll
            a.sinks.k.channel = c
            a.sinks.k.sink.directory = HOME/out
            a.sinks.k.sink.rollInterval = 0
            a.sinks.k.sink.emptyFiles = false
            a.sinks.k.sink.serializer = braces
            a.sinks.k.sink.serializer.open = <
            a.sinks.k.sink.pathManager = numbers
            a.sinks.k.sink.pathManager.first = 7
            a.sinks.k.deadLetter.directory = HOME/letters
            """;

    @TempDir
    private Path home;

    @BeforeEach
    void makeDirectories() throws IOException {
        Files.createDirectory(home.resolve("in"));
        Files.createDirectory(home.resolve("out"));
    }

    @Test
    void anAgentRunsOnPartsOfAPlugIn() throws Exception {
        install();
        Files.writeString(home.resolve("in/f"), "one,two,bad,three");
        try (PlugIns plugIns = plugIns()) {
            ComponentCatalog catalog = ComponentCatalog.of(plugIns);
            Configuration configuration = read(AGENT, catalog);
            assertThat(configuration.findings().mistakes()).isEmpty();
            Relay relay =
                    Relay.monitored(configuration.assembly(), new MonitoringSettings(null), Duration.ofSeconds(20));
            relay.start();
            try {
                await().until(() -> Files.exists(home.resolve("out/file-7"))
                        && Files.readString(home.resolve("out/file-7")).endsWith("three>"));
            } finally {
                relay.close();
            }
            assertThat(catalog.problems()).isEmpty();
        }
        assertThat(Files.readString(home.resolve("out/file-7")))
                .isEqualTo("<f 0 ONE one><f 4 TWO two><f 12 THREE three>");
        assertThat(home.resolve("in/f.COMPLETED")).exists();
        try (Stream<Path> letters = Files.list(home.resolve("letters"))) {
            assertThat(letters).hasSize(1);
        }
    }

    @Test
    void theSinkOfHadoopTakesASerializerOfAPlugInToo() throws Exception {
        install();
        Files.writeString(home.resolve("in/f"), "one,bad,two");
        String text = AGENT.substring(0, AGENT.indexOf("a.sinks.k.type")) + """
                a.sinks.k.type = hdfs
                a.sinks.k.channel = c
                a.sinks.k.hdfs.path = file://HOME/out
                a.sinks.k.hdfs.fileType = DataStream
                a.sinks.k.serializer = braces
                a.sinks.k.serializer.open = <
                a.sinks.k.deadLetter.directory = HOME/letters
                """;
        try (PlugIns plugIns = plugIns()) {
            Configuration configuration = read(text, ComponentCatalog.of(plugIns));
            assertThat(configuration.findings().mistakes()).isEmpty();
            Relay relay =
                    Relay.monitored(configuration.assembly(), new MonitoringSettings(null), Duration.ofSeconds(20));
            relay.start();
            try {
                await().until(() -> Files.exists(home.resolve("in/f.COMPLETED")));
            } finally {
                relay.close(); // the sink empties the channel, and closes its file
            }
        }
        try (Stream<Path> files = Files.list(home.resolve("out"))) {
            List<Path> data = files.filter(file -> file.getFileName().toString().startsWith("FlumeData"))
                    .toList();
            assertThat(data).hasSize(1);
            assertThat(Files.readString(data.get(0))).isEqualTo("<f 0 ONE one><f 8 TWO two>");
        }
        try (Stream<Path> letters = Files.list(home.resolve("letters"))) {
            assertThat(letters).isNotEmpty();
        }
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "a.sources.r.deserializer|com.acme.NoSuch$Builder|com.acme.NoSuch$Builder (expected: one of: LINE, AVRO, BLOB, words;"
                        + " classes written for Flume are not loaded, and no plug-in has such a class: one of your own comes in a jar"
                        + " in plugins.d)",
                "a.sinks.k.sink.serializer|com.acme.OldSerializer|com.acme.OldSerializer (expected: one of: TEXT, HEADER_AND_TEXT, AVRO_EVENT,"
                        + " org.apache.flume.sink.hdfs.AvroEventSerializer$Builder, braces; plug-in acme: the class is"
                        + " written for Flume, whose classes Millrace does not load (expected: a factory that implements"
                        + " org.millrace.api.ComponentFactory.OfSerializer; docs/plugins.md tells how to carry a component over): it"
                        + " needs org.apache.flume.Serializer)",
                "a.sinks.k.sink.pathManager|com.acme.UpperFactory|com.acme.UpperFactory (expected: one of: DEFAULT, ROLLTIME, numbers;"
                        + " plug-in acme: the class is no factory of this kind, but a"
                        + " org.millrace.api.ComponentFactory.OfGroupSerializer (expected: a class that implements"
                        + " org.millrace.api.ComponentFactory.OfFileNaming))",
                "a.sources.r.deserializer|word|word (expected: one of: LINE, AVRO, BLOB, words; did you mean words?)",
                "a.sinks.k.sink.pathManager.first|x|x (expected: a whole number, at least 0)",
                "a.sinks.k.sink.serializer.opem|x|unknown key (did you mean a.sinks.k.sink.serializer.open?)",
            })
    void whatIsWrongWithAPartIsSaidWithFileLineAndKey(String key, String value, String message) throws IOException {
        install();
        String text = AGENT.replaceAll("(?m)^" + key.replace(".", "\\.") + " = .*\n", "") + key + " = " + value + "\n";
        long line = text.lines().count();
        try (PlugIns plugIns = plugIns()) {
            Configuration configuration = read(text, ComponentCatalog.of(plugIns));
            String expected = home.resolve("a.properties") + ":" + line + ": " + key + ": " + message;
            assertThat(configuration.findings().mistakes())
                    .extracting(Object::toString)
                    .containsExactly(expected);
        }
    }

    @Test
    void aPartThatIsNotThereIsOneMistakeWhateverItsKeys() throws IOException {
        install();
        String text = AGENT.replace("deserializer = words", "deserializer = com.acme.Gone")
                .replace("deserializer.separator", "deserializer.depth");
        try (PlugIns plugIns = plugIns()) {
            assertThat(read(text, ComponentCatalog.of(plugIns)).findings().mistakes())
                    .singleElement()
                    .asString()
                    .contains("a.sources.r.deserializer: com.acme.Gone (expected: one of: ");
        }
    }

    @Test
    void aPartThatFailsOrLacksAClassCostsItsFileOnly() throws Exception {
        install();
        Files.writeString(home.resolve("in/f"), "one,FAIL,two");
        Files.writeString(home.resolve("in/g"), "three,GONE,four");
        Files.writeString(home.resolve("in/h"), "five");
        try (PlugIns plugIns = plugIns()) {
            Configuration configuration = read(AGENT, ComponentCatalog.of(plugIns));
            Relay relay =
                    Relay.monitored(configuration.assembly(), new MonitoringSettings(null), Duration.ofSeconds(20));
            relay.start();
            try {
                await().until(() -> Files.exists(home.resolve("in/h.COMPLETED")));
                await().until(() -> Files.exists(home.resolve("out/file-7"))
                        && Files.readString(home.resolve("out/file-7")).endsWith("five>"));
            } finally {
                relay.close();
            }
        }
        assertThat(Files.readString(home.resolve("out/file-7")))
                .contains("one>", "three>")
                .doesNotContain("two", "four");
        assertThat(home.resolve("in/f")).exists();
        assertThat(home.resolve("in/g")).exists();
    }

    private PlugIns plugIns() {
        return PlugIns.of(home.resolve("plugins.d").toString());
    }

    private Configuration read(String text, ComponentCatalog catalog) throws IOException {
        Path file = Files.writeString(home.resolve("a.properties"), text.replace("HOME", home.toString()));
        return Configuration.read(
                Configuration.Request.ofFiles("a", List.of(file), false),
                new Environment(Map.of(), new Properties()),
                catalog,
                Relay.routing(),
                InstantSource.system());
    }

    private void install() {
        String imports = """
                import java.io.IOException;
                import java.io.OutputStream;
                import java.nio.ByteBuffer;
                import java.nio.charset.StandardCharsets;
                import java.time.Instant;
                import java.util.List;
                import java.util.Map;
                import org.millrace.api.*;
                import org.millrace.api.part.*;
                import org.millrace.codec.*;
                """;
        new PlugInJar()
                .source("com.acme.WordsFactory", imports + """
                        public class WordsFactory implements ComponentFactory.OfFileDeserializer {
                            public List<String> typeNames() { return List.of("words"); }
                            public FileDeserializer create(PartContext context, FileDeserializer.Text text, Settings settings) {
                                char separator = settings.string("separator").orElse(" ").charAt(0);
                                return (file, offset) -> {
                                    byte[] all = new byte[(int) file.content().size()];
                                    file.content().read(ByteBuffer.wrap(all), 0);
                                    return new Words(new String(all, text.charset()), separator, (int) offset);
                                };
                            }
                        }
                        class Words implements FileDeserializer.FileEvents {
                            private final String all;
                            private final char separator;
                            private int at;
                            Words(String all, char separator, int at) { this.all = all; this.separator = separator; this.at = at; }
                            public boolean read(FileDeserializer.Batch batch) throws IOException {
                                while (batch.hasRoom() && at < all.length()) {
                                    int next = all.indexOf(separator, at);
                                    String word = all.substring(at, next < 0 ? all.length() : next);
                                    if (word.equals("FAIL")) throw new IllegalStateException("cannot read on");
                                    if (word.equals("GONE")) com.lib.Gone.it();
                                    byte[] body = word.getBytes(StandardCharsets.UTF_8);
                                    batch.add(Map.of("at", Integer.toString(at), "basename", "overridden"), body, 0, body.length);
                                    at = next < 0 ? all.length() : next + 1;
                                }
                                return at < all.length();
                            }
                            public long offset() { return at; }
                        }
                        """)
                .source("com.acme.UpperFactory", imports + """
                        public class UpperFactory implements ComponentFactory.OfGroupSerializer {
                            public List<String> typeNames() { return List.of("upper"); }
                            public GroupSerializer create(PartContext context, Settings settings) { return String::toUpperCase; }
                        }
                        """)
                .source("com.acme.BracesFactory", imports + """
                        public class BracesFactory implements ComponentFactory.OfSerializer {
                            public List<String> typeNames() { return List.of("braces"); }
                            public EventSerializer create(PartContext context, Settings settings) {
                                return new Braces(settings.string("open").orElse("{"));
                            }
                        }
                        class Braces implements EventSerializer {
                            private final String open;
                            Braces(String open) { this.open = open; }
                            public void check(EventReader event) throws RefusedEventException {
                                if (new String(event.body()).equals("bad")) throw new RefusedEventException("it is bad", false);
                            }
                            public Serialization begin(OutputStream out) {
                                return new Serialization() {
                                    public void append(EventReader event) throws IOException {
                                        Map<String, String> headers = event.headers();
                                        String text = open + headers.get("basename") + " " + headers.get("at") + " "
                                                + headers.get("upper") + " " + new String(event.body()) + ">";
                                        out.write(text.getBytes(StandardCharsets.UTF_8));
                                    }
                                    public void endBatch() {}
                                    public void discard() {}
                                };
                            }
                        }
                        """)
                .source("com.acme.NumbersFactory", imports + """
                        public class NumbersFactory implements ComponentFactory.OfFileNaming {
                            public List<String> typeNames() { return List.of("numbers"); }
                            public FileNaming create(PartContext context, Settings settings) {
                                int first = settings.integer("first", 0, Integer.MAX_VALUE).orElse(0);
                                return new FileNaming() {
                                    private int next = first;
                                    public String next(Instant now) { return "file-" + next++; }
                                    public boolean isOurs(String name) { return name.startsWith("file-"); }
                                };
                            }
                        }
                        """)
                .source("com.lib.Gone", "public class Gone { public static void it() {} }")
                .source("org.apache.flume.Serializer", "public interface Serializer {}")
                .source(
                        "com.acme.OldSerializer",
                        "public class OldSerializer implements org.apache.flume.Serializer {}")
                .without("com.lib")
                .without("org.apache.flume")
                .provides(ComponentFactory.OfFileDeserializer.class, "com.acme.WordsFactory")
                .provides(ComponentFactory.OfSerializer.class, "com.acme.BracesFactory")
                .provides(ComponentFactory.OfFileNaming.class, "com.acme.NumbersFactory")
                .writeTo(home.resolve("plugins.d/acme/lib/own.jar"));
    }
}
