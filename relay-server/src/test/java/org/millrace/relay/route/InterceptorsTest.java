package org.millrace.relay.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.millrace.api.ComponentFactory;
import org.millrace.api.HeaderInterceptor;
import org.millrace.api.Interceptor;
import org.millrace.api.InterceptorContext;
import org.millrace.api.SourceMetrics;
import org.millrace.codec.EventBatch;
import org.millrace.codec.HeaderEdit;
import org.millrace.codec.HeaderName;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeClock;
import org.millrace.testkit.RecordedProblems;

class InterceptorsTest {
    private static final InetAddress HOST = address("edge-7", 10, 1, 2, 3);

    private static final InterceptorContext CONTEXT =
            new InterceptorContext("a", "s", "i", new SourceMetrics("s", new MetricRegistry()), new FakeClock());

    private final RecordedProblems recorded = new RecordedProblems();
    private final FakeClock clock = new FakeClock();

    @Test
    void timestampSetsEpochMillisecondsAndReplacesWhatIsThere() {
        Interceptor timestamp = timestamp(clock, false);

        assertThat(headersAfter(timestamp, Map.of())).containsExactly(Map.entry("timestamp", "1700000000000"));
        assertThat(headersAfter(timestamp, Map.of("timestamp", "5", "a", "b")))
                .containsOnly(Map.entry("timestamp", "1700000000000"), Map.entry("a", "b"));
    }

    @Test
    void timestampPreservesOnRequest() {
        assertThat(headersAfter(timestamp(clock, true), Map.of("timestamp", "5")))
                .containsExactly(Map.entry("timestamp", "5"));
    }

    @Test
    void timestampReadsItsKeys() {
        Interceptor made = new TimestampInterceptorFactory()
                .create(CONTEXT, recorded.settings(Map.of("headerName", "t", "preserveExisting", "true")));

        assertThat(headersAfter(made, Map.of("t", "5"))).containsExactly(Map.entry("t", "5"));
        assertThat(headersAfter(made, Map.of())).containsOnlyKeys("t");
    }

    @Test
    void staticPreservesUnlessToldOtherwise() {
        Interceptor preserving =
                new StaticInterceptorFactory().create(CONTEXT, recorded.settings(Map.of("key", "dc", "value", "fra")));
        Interceptor replacing = new StaticInterceptorFactory()
                .create(CONTEXT, recorded.settings(Map.of("key", "dc", "value", "fra", "preserveExisting", "false")));

        assertThat(headersAfter(preserving, Map.of())).containsExactly(Map.entry("dc", "fra"));
        assertThat(headersAfter(preserving, Map.of("dc", "ams"))).containsExactly(Map.entry("dc", "ams"));
        assertThat(headersAfter(replacing, Map.of("dc", "ams"))).containsExactly(Map.entry("dc", "fra"));
    }

    @Test
    void staticHasFlumesDefaults() {
        assertThat(headersAfter(new StaticInterceptorFactory().create(CONTEXT, recorded.settings(Map.of())), Map.of()))
                .containsExactly(Map.entry("key", "value"));
    }

    @Test
    void hostSetsTheAddressAndReplacesWhatIsThere() {
        HostInterceptorFactory factory = new HostInterceptorFactory(() -> HOST);

        assertThat(headersAfter(factory.create(CONTEXT, recorded.settings(Map.of())), Map.of("host", "x")))
                .containsExactly(Map.entry("host", "10.1.2.3"));
        assertThat(headersAfter(
                        factory.create(
                                CONTEXT,
                                recorded.settings(
                                        Map.of("hostHeader", "h", "useIP", "true", "preserveExisting", "true"))),
                        Map.of("h", "x")))
                .containsExactly(Map.entry("h", "x"));
    }

    @Test
    void hostSetsTheNameWhereNoAddressIsWanted() {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        Interceptor host =
                new HostInterceptorFactory(() -> loopback).create(CONTEXT, recorded.settings(Map.of("useIP", "false")));

        assertThat(headersAfter(host, Map.of())).containsExactly(Map.entry("host", loopback.getCanonicalHostName()));
    }

    @Test
    void anUnknownHostLeavesEventsAloneAndIsNoted() {
        HostInterceptorFactory factory = new HostInterceptorFactory(() -> {
            throw new UnknownHostException("edge-7");
        });
        Interceptor host = factory.create(CONTEXT, recorded.settings(Map.of()));

        assertThat(headersAfter(host, Map.of("a", "b"))).containsExactly(Map.entry("a", "b"));
        assertThat(recorded.notes()).singleElement().asString().contains("edge-7");
    }

    @Test
    void neighboursThatSetHeadersComeToTheSameAsOneAfterAnother() {
        HeaderInterceptor absent = () -> null;
        Interceptor other = batch -> batch;
        List<Interceptor> interceptors = List.of(
                fixed("a", "1", true),
                absent,
                fixed("b", "2", false),
                fixed("a", "3", false),
                other,
                fixed("c", "4", true));

        EventBatch oneByOne = Batches.of(Map.of("c", "0"), "body");
        for (Interceptor interceptor : interceptors) {
            oneByOne = interceptor.intercept(oneByOne);
        }
        EventBatch chained = new InterceptorChain(interceptors).intercept(Batches.of(Map.of("c", "0"), "body"));

        assertThat(Batches.headers(chained))
                .isEqualTo(Batches.headers(oneByOne))
                .containsExactly(Map.of("a", "3", "b", "2", "c", "0"));
        assertThat(Batches.bodies(chained)).containsExactly("body");
        oneByOne.release();
        chained.release();
    }

    @Test
    void allAreFoundByAliasAndByBothOfFlumesClassNames() {
        List<String> names = new ArrayList<>();
        ServiceLoader.load(ComponentFactory.OfInterceptor.class).forEach(factory -> names.addAll(factory.typeNames()));

        assertThat(names)
                .contains("timestamp", "host", "static")
                .contains(
                        "org.apache.flume.interceptor.TimestampInterceptor$Builder",
                        "org.apache.flume.interceptor.HostInterceptor$Builder",
                        "org.apache.flume.interceptor.StaticInterceptor$Builder");
    }

    private static Interceptor timestamp(InstantSource clock, boolean preserveExisting) {
        return new TimestampInterceptor(HeaderName.of("timestamp"), preserveExisting, clock);
    }

    private static Interceptor fixed(String name, String value, boolean preserveExisting) {
        return new StaticInterceptor(new HeaderEdit(HeaderName.of(name), value, preserveExisting));
    }

    private static Map<String, String> headersAfter(Interceptor interceptor, Map<String, String> before) {
        EventBatch after = interceptor.intercept(Batches.of(before, "body"));
        try {
            assertThat(Batches.bodies(after)).containsExactly("body");
            return Batches.headers(after).get(0);
        } finally {
            after.release();
        }
    }

    private static InetAddress address(String name, int... bytes) {
        try {
            return InetAddress.getByAddress(
                    name, new byte[] {(byte) bytes[0], (byte) bytes[1], (byte) bytes[2], (byte) bytes[3]});
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
