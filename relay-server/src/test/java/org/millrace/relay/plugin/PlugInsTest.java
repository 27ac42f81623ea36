package org.millrace.relay.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.api.BatchSized;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.Sink;
import org.millrace.api.SinkContext;
import org.millrace.api.SinkMetrics;
import org.millrace.api.StartException;
import org.millrace.relay.fakes.PlugInJar;
import org.millrace.testkit.FakeChannel;

class PlugInsTest {
    private static final Class<ComponentFactory.OfSink> OF_SINK = ComponentFactory.OfSink.class;

    @TempDir
    private Path directory;

    private final List<PlugIns> opened = new ArrayList<>();

    @AfterEach
    void closeAll() {
        opened.forEach(PlugIns::close);
    }

    @Test
    void aFactoryIsFoundByTheServiceFileOfItsJar() {
        sinkJar("acme", "acme", "").writeTo(jar("acme"));
        PlugIns plugIns = open();
        assertThat(factories(plugIns)).singleElement().satisfies(provided -> {
            assertThat(provided.origin()).isEqualTo("plug-in acme");
            assertThat(provided.factory().typeNames()).containsExactly("acme");
        });
        assertThat(plugIns.problems()).isEmpty();
    }

    @Test
    void itsCallsRunWithItsClassLoaderAndLeaveTheThreadAsItWas() throws Exception {
        sinkJar("acme", "acme", "").writeTo(jar("acme"));
        Provided<ComponentFactory.OfSink> provided = factories(open()).get(0);
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        Sink sink = create(provided.factory());
        sink.start();
        sink.drain();
        assertThat(sink.outlook()).isEqualTo("made in plug-in acme, started in plug-in acme, drained in plug-in acme");
        sink.close();
        assertThat(sink.outlook()).endsWith("closed in plug-in acme");
        assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
        assertThat(sink).isInstanceOf(BatchSized.class).isEqualTo(sink);
        assertThat(((BatchSized) sink).batchEvents()).isEqualTo(7);
    }

    @Test
    void twoPlugInsHaveTheirOwnVersionsOfALibrary() throws Exception {
        for (String version : List.of("one", "two")) {
            sinkJar(version, version, "note = com.lib.Version.NUMBER.toString();")
                    .source(
                            "com.lib.Version",
                            "public final class Version { public static final Object NUMBER = \"" + version + "\"; }")
                    .writeTo(jar(version));
        }
        List<String> seen = new ArrayList<>();
        for (Provided<ComponentFactory.OfSink> provided : factories(open())) {
            Sink sink = create(provided.factory());
            sink.start();
            seen.add(sink.outlook().replaceFirst(",.*", ""));
        }
        assertThat(seen).containsExactly("one", "two");
    }

    @Test
    void anotherVersionOfALibraryOfTheAgentsIsThePlugInsOwnAffair() throws Exception {
        sinkJar("acme", "acme", "note = picocli.CommandLine.VERSION.toString();")
                .source(
                        "picocli.CommandLine",
                        "public final class CommandLine { public static final Object VERSION = \"mine\"; }")
                .writeTo(jar("acme"));
        Sink sink = create(factories(open()).get(0).factory());
        sink.start();
        assertThat(sink.outlook()).startsWith("mine");
    }

    @Test
    void aCopyOfTheContractsInItsJarIsNotUsed() throws IOException {
        PlugInJar jar = sinkJar("acme", "acme", "");
        String name = OF_SINK.getName().replace('.', '/') + ".class";
        try (InputStream in = OF_SINK.getClassLoader().getResourceAsStream(name)) {
            assertThat(in).isNotNull();
            jar.file(name, "not even a class");
        }
        jar.writeTo(jar("acme"));
        PlugIns plugIns = open();
        assertThat(factories(plugIns)).hasSize(1);
        assertThat(plugIns.problems()).isEmpty();
    }

    @Test
    void whatIsBrokenIsToldWithTheNameOfThePlugInAndTheOthersGoOn() throws IOException {
        sinkJar("good", "good", "").writeTo(jar("good"));
        Files.createDirectories(jar("torn").getParent());
        Files.writeString(jar("torn"), "no zip at all");
        new PlugInJar().provides(OF_SINK, "com.acme.NotThere").writeTo(jar("empty"));
        sinkJar("lacking", "lacking", "").without("com.acme.Base").writeTo(jar("lacking"));
        sinkJar("silent", "silent", "")
                .source(
                        "com.acme.silent.Types",
                        "class Types { static java.util.List<String> of() { return java.util.List.of(); } }")
                .writeTo(jar("silent"));
        Files.createDirectories(directory.resolve("bare"));
        Files.writeString(directory.resolve("loose.jar"), "");
        PlugIns plugIns = open();
        assertThat(factories(plugIns)).extracting(Provided::origin).containsExactly("plug-in good");
        assertThat(plugIns.problems())
                .extracting(problem -> problem.toString().replace(directory + "/", ""))
                .satisfiesExactlyInAnyOrder(
                        text -> assertThat(text)
                                .isEqualTo(
                                        "loose.jar: is not looked at (expected: in the lib of a plug-in's directory)"),
                        text -> assertThat(text)
                                .isEqualTo(
                                        "bare: there is no jar (expected: jars in bare/lib, what they need in libext)"),
                        text -> assertThat(text).startsWith("torn: lib/torn.jar: is no jar that can be read: "),
                        text -> assertThat(text).startsWith("empty: ").contains("com.acme.NotThere not found"),
                        text -> assertThat(text)
                                .isEqualTo("lacking: a factory of its service file lacks the class"
                                        + " com.acme.Base (expected: its jar in the plug-in's libext)"),
                        text -> assertThat(text)
                                .isEqualTo(
                                        "silent: com.acme.silent.Factory has no type names (expected: at least one)"));
    }

    @Test
    void aDirectoryThatIsNotThereIsAMistake() {
        PlugIns plugIns = PlugIns.of("/no/such/directory");
        assertThat(plugIns.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.isMistake()).isTrue();
            assertThat(problem.toString()).startsWith("/no/such/directory: cannot be read (expected: a directory");
        });
    }

    @Test
    void aFactoryIsFoundByTheNameOfItsClassWithoutAServiceFile() {
        sinkJar("acme", "acme", "")
                .file("META-INF/services/" + OF_SINK.getName(), "")
                .writeTo(jar("acme"));
        PlugIns plugIns = open();
        assertThat(factories(plugIns)).isEmpty();
        assertThat(plugIns.named("com.acme.acme.Factory", OF_SINK).factory()).isNotNull();
        assertThat(plugIns.named("com.acme.NoSuch", OF_SINK)).isEqualTo(new ByClassName<>(null, ""));
        plugIns.noteSilentOnes();
        assertThat(plugIns.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.isMistake()).isFalse();
            assertThat(problem.message()).startsWith("has no service file of Millrace's");
        });
    }

    @Test
    void aClassThatIsNoFactoryOfTheKindIsToldForWhatItIs() {
        sinkJar("acme", "acme", "").source("com.acme.Hidden", "class Hidden {}").writeTo(jar("acme"));
        PlugIns plugIns = open();
        assertThat(plugIns.named("com.acme.acme.Factory", ComponentFactory.OfSource.class)
                        .whyNot())
                .isEqualTo(
                        "plug-in acme: the class is no factory of this kind, but a org.millrace.api.ComponentFactory.OfSink"
                                + " (expected: a class that implements org.millrace.api.ComponentFactory.OfSource)");
        assertThat(plugIns.named("com.acme.acme.TheSink", OF_SINK).whyNot()).contains("but a org.millrace.api.Sink (");
        assertThat(plugIns.named("com.acme.Hidden", OF_SINK).whyNot())
                .isEqualTo("plug-in acme: the class is no factory of this kind (expected: a class that implements"
                        + " org.millrace.api.ComponentFactory.OfSink)");
    }

    @Test
    void aClassInSeveralPlugInsIsNobodys() {
        sinkJar("acme", "acme", "").writeTo(jar("first"));
        sinkJar("acme", "acme", "").writeTo(jar("second"));
        assertThat(open().named("com.acme.acme.Factory", OF_SINK).whyNot())
                .isEqualTo("the class is in several plug-ins (expected: in one): plug-in first, plug-in second");
    }

    /** Once without Flume's classes, once with them: people put them into libext. */
    @Test
    void aClassWrittenForFlumeIsRefusedWithWhatToDo() {
        for (String hidden : List.of("org.apache.flume", "nothing")) {
            new PlugInJar()
                    .source("org.apache.flume.Sink", "public interface Sink {}")
                    .source("com.acme.OldSink", "public class OldSink implements org.apache.flume.Sink {}")
                    .without(hidden)
                    .writeTo(jar(hidden));
        }
        for (String plugIn : List.of("org.apache.flume", "nothing")) {
            PlugIns one = PlugIns.of(alone(plugIn));
            opened.add(one);
            assertThat(one.named("com.acme.OldSink", OF_SINK).whyNot())
                    .startsWith("plug-in " + plugIn
                            + ": the class is written for Flume, whose classes Millrace does not load"
                            + " (expected: a factory that implements org.millrace.api.ComponentFactory.OfSink;"
                            + " docs/plugins.md tells how to carry a component over)")
                    .endsWith("org.apache.flume.Sink");
        }
    }

    @Test
    void aClassThatIsMissingLaterIsAFailureOfTheComponent() {
        sinkJar("acme", "acme", "note = com.lib.Gone.it().toString();")
                .source("com.lib.Gone", "public class Gone { public static Object it() { return 1; } }")
                .without("com.lib")
                .writeTo(jar("acme"));
        Sink sink = create(factories(open()).get(0).factory());
        assertThatThrownBy(sink::start)
                .isInstanceOf(StartException.class)
                .hasMessage("plug-in acme: com.acme.acme.TheSink lacks the class com.lib.Gone (expected: its jar in the"
                        + " plug-in's libext)");
    }

    @Test
    void classesAndResourcesOfThePlugInComeFirst() throws Exception {
        sinkJar("acme", "acme", "").file("log4j2.xml", "own").writeTo(jar("acme"));
        ClassLoader loader = ((Object) factories(open()).get(0).factory().typeNames())
                .getClass()
                .getClassLoader();
        assertThat(loader).as("lists are the JDK's").isNull();
        PlugIn plugIn = PlugIn.open(directory.resolve("acme"), getClass().getClassLoader(), (text, isMistake) -> {});
        try (PlugInLoader own = plugIn.loader();
                InputStream in = own.getResourceAsStream("log4j2.xml")) {
            assertThat(in).hasContent("own");
            assertThat(own.loadClass("java.lang.String")).isSameAs(String.class);
            assertThat(own.loadClass("org.millrace.api.Sink")).isSameAs(Sink.class);
            assertThat(own.loadClass(PlugInsTest.class.getName())).isSameAs(PlugInsTest.class);
            assertThat(own.getResources("META-INF/services/" + OF_SINK.getName())
                            .nextElement())
                    .asString()
                    .contains("acme");
        }
    }

    private Path jar(String plugIn) {
        return directory.resolve(plugIn).resolve("lib").resolve(plugIn + ".jar");
    }

    /** A directory with a link to one plug-in of ours. */
    private String alone(String plugIn) {
        try {
            Path other = Files.createDirectories(directory.resolve(".alone-" + plugIn));
            Files.createSymbolicLink(other.resolve(plugIn), directory.resolve(plugIn));
            return other.toString();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private PlugIns open() {
        PlugIns plugIns = PlugIns.of(directory.toString());
        opened.add(plugIns);
        return plugIns;
    }

    /** Those of plug-ins. */
    private static List<Provided<ComponentFactory.OfSink>> factories(PlugIns plugIns) {
        return plugIns.factories(OF_SINK).stream()
                .filter(provided -> !provided.origin().isEmpty())
                .toList();
    }

    private static Sink create(ComponentFactory.OfSink factory) {
        SinkContext context = new SinkContext(
                "a", "k1", new FakeChannel("c1"), new SinkMetrics("k1", new MetricRegistry()), InstantSource.system());
        return factory.create(context, new Settings(Map.of(), Settings.Problems.NOBODY));
    }

    /**
     * A sink that notes under which class loader it is called.
     *
     * @param atStart a statement for its start, which may assign {@code note}
     */
    private static PlugInJar sinkJar(String packageName, String type, String atStart) {
        return new PlugInJar()
                .source(
                        "com.acme.Base",
                        "public abstract class Base implements org.millrace.api.ComponentFactory.OfSink {}")
                .source(
                        "com.acme." + packageName + ".Types",
                        "class Types { static java.util.List<String> of() { return java.util.List.of(\"" + type
                                + "\"); } }")
                .source("com.acme." + packageName + ".Factory", """
                        public class Factory extends com.acme.Base {
                            public java.util.List<String> typeNames() { return Types.of(); }
                            public org.millrace.api.Sink create(org.millrace.api.SinkContext context, org.millrace.api.Settings settings) {
                                return new TheSink();
                            }
                        }
                        """)
                .source("com.acme." + packageName + ".TheSink", """
                        public class TheSink implements org.millrace.api.Sink, org.millrace.api.BatchSized {
                            private String note = "made in " + loader();
                            private static String loader() {
                                return Thread.currentThread().getContextClassLoader().getName();
                            }
                            public void start() { NOTE note += ", started in " + loader(); }
                            public Drain drain() { note += ", drained in " + loader(); return Drain.IDLE; }
                            public void close() { note += ", closed in " + loader(); }
                            public String outlook() { return note; }
                            public int batchEvents() { return 7; }
                            public String batchKey() { return "batch"; }
                        }
                        """.replace("NOTE", atStart))
                .provides(OF_SINK, "com.acme." + packageName + ".Factory");
    }
}
