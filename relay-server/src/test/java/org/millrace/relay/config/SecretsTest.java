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
import org.millrace.api.Interceptor;
import org.millrace.api.InterceptorContext;
import org.millrace.api.Settings;
import org.millrace.api.SinkGroupContext;
import org.millrace.api.SinkProcessor;
import org.millrace.relay.Relay;
import org.millrace.relay.channel.memory.MemoryChannelFactory;
import org.millrace.relay.fakes.Diary;
import org.millrace.relay.fakes.FakeSink;
import org.millrace.relay.fakes.FakeSource;
import org.millrace.relay.route.ReplicatingSelectorFactory;

/** What nobody is to see, in what a change of the configuration is told by. */
class SecretsTest {
    private static final String FILE = """
            a.sources = r
            a.channels = c
            a.sinks = k
            a.sinkgroups = g
            a.sources.r.type = spooldir
            a.sources.r.spoolDir = in
            a.sources.r.channels = c
            a.sources.r.interceptors = i
            a.sources.r.interceptors.i.type = sealing
            a.sources.r.interceptors.i.pin = first
            a.channels.c.type = memory
            a.sinks.k.type = avro
            a.sinks.k.channel = c
            a.sinks.k.hostname = h
            a.sinks.k.port = 1
            a.sinkgroups.g.sinks = k
            a.sinkgroups.g.processor.type = sealed
            a.sinkgroups.g.processor.pin = first
            """;

    @Test
    void aComponentCanShowItsValuesWithoutWhatConfigFiltersGave() {
        Findings findings = new Findings();
        findings.keepSecret("open-sesame");
        Settings settings = new ComponentSettings("a.sinks.k.", Map.of(), new Place("f", 1), findings).settings();
        assertThat(settings.masked("http://h/open-sesame")).isEqualTo("http://h/******");
        assertThat(settings.under("x.").masked("open-sesame")).isEqualTo("******");
    }

    @TempDir
    private Path directory;

    @Test
    void secretsOfAPartOfAComponentAreMaskedInThePlan() throws IOException {
        Assembly running = read(FILE, null);
        Assembly next = read(FILE.replace("first", "second"), running);
        assertThat(Plan.between(running, next).changes())
                .extracting(Plan.Step::toString)
                .containsExactly(
                        "reroute source r (spooldir) -> c: interceptors.i.pin: ****** -> ******",
                        "restart sink c -> k (avro): its sink group changes",
                        "restart sink group c -> g (sealed): k: processor.pin: ****** -> ******");
    }

    @Test
    void aSecretThatIsInAnotherDoesNotShowTheRest() {
        for (List<String> order : List.of(List.of("pass", "password-1"), List.of("password-1", "pass"))) {
            Findings findings = new Findings();
            order.forEach(findings::keepSecret);
            assertThat(findings.masked("password-1, pass")).isEqualTo("******, ******");
        }
    }

    private Assembly read(String text, Assembly running) throws IOException {
        Path file = Files.writeString(directory.resolve("a.properties"), text);
        Diary diary = new Diary();
        Configuration configuration = Configuration.read(
                Configuration.Request.ofFiles("a", List.of(file), false),
                new Environment(Map.of(), new Properties()),
                new ComponentCatalog(
                        List.of(new FakeSource.Factory("spooldir", diary)),
                        List.of(new MemoryChannelFactory()),
                        List.of(new FakeSink.Factory("avro", diary)),
                        List.of(new SealingFactory()),
                        List.of(new ReplicatingSelectorFactory()),
                        List.of(new SealedFactory())),
                Relay.routing(),
                InstantSource.system(),
                running);
        assertThat(configuration.findings().mistakes()).isEmpty();
        return configuration.assembly();
    }

    private record SealingFactory() implements ComponentFactory.OfInterceptor {
        @Override
        public List<String> typeNames() {
            return List.of("sealing");
        }

        @Override
        public Interceptor create(InterceptorContext context, Settings settings) {
            settings.string("pin").secret().required();
            return batch -> batch;
        }
    }

    private record SealedFactory() implements ComponentFactory.OfSinkProcessor {
        @Override
        public List<String> typeNames() {
            return List.of("sealed");
        }

        @Override
        public List<SinkProcessor> create(
                SinkGroupContext context, List<SinkProcessor.Member> sinks, Settings settings) {
            settings.string("pin").secret().required();
            return List.of(new FakeProcessor(sinks));
        }
    }

    /** Never started. */
    private record FakeProcessor(List<Member> members) implements SinkProcessor {
        @Override
        public void start() {}

        @Override
        public Drain drain() {
            return Drain.IDLE;
        }

        @Override
        public void close() {}
    }
}
