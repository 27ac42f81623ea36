package org.millrace.relay.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.DynamicMBean;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.api.ChannelMetrics;
import org.millrace.api.SinkMetrics;
import org.millrace.api.SourceMetrics;
import org.millrace.api.StartException;

class MonitoringTest {
    private final MetricRegistry registry = new MetricRegistry();
    private final SourceMetrics source = new SourceMetrics("r1", registry);
    private final ChannelMetrics channel = new ChannelMetrics("c1", registry);
    private final SinkMetrics sink = new SinkMetrics("k1", registry);
    private Monitoring monitoring = monitoring(0);

    @AfterEach
    void stop() {
        monitoring.close();
    }

    @Test
    void jsonHasFlumesKeysAndEveryValueIsAString() throws Exception {
        channel.fill(() -> 5L, 10);
        source.eventsAccepted.inc(7);
        source.started(Instant.ofEpochMilli(1795393989473L));
        monitoring.start();

        JsonNode all = new ObjectMapper().readTree(get("/metrics").body());

        assertThat(names(all.get("SOURCE.r1")))
                .containsExactlyInAnyOrder(
                        "Type",
                        "StartTime",
                        "StopTime",
                        "EventReceivedCount",
                        "EventAcceptedCount",
                        "AppendReceivedCount",
                        "AppendAcceptedCount",
                        "AppendBatchReceivedCount",
                        "AppendBatchAcceptedCount",
                        "OpenConnectionCount",
                        "EventReadFail",
                        "ChannelWriteFail",
                        "GenericProcessingFail");
        assertThat(names(all.get("CHANNEL.c1")))
                .containsExactlyInAnyOrder(
                        "Type",
                        "StartTime",
                        "StopTime",
                        "ChannelSize",
                        "ChannelCapacity",
                        "ChannelFillPercentage",
                        "EventPutAttemptCount",
                        "EventPutSuccessCount",
                        "EventTakeAttemptCount",
                        "EventTakeSuccessCount");
        assertThat(names(all.get("SINK.k1")))
                .containsExactlyInAnyOrder(
                        "Type",
                        "StartTime",
                        "StopTime",
                        "ConnectionCreatedCount",
                        "ConnectionClosedCount",
                        "ConnectionFailedCount",
                        "BatchEmptyCount",
                        "BatchUnderflowCount",
                        "BatchCompleteCount",
                        "EventDrainAttemptCount",
                        "EventDrainSuccessCount",
                        "EventWriteFail",
                        "ChannelReadFail");
        assertThat(all.get("SOURCE.r1").get("EventAcceptedCount").isTextual()).isTrue();
        assertThat(all.get("SOURCE.r1").get("EventAcceptedCount").textValue()).isEqualTo("7");
        assertThat(all.get("SOURCE.r1").get("StartTime").textValue()).isEqualTo("1795393989473");
        assertThat(all.get("CHANNEL.c1").get("ChannelFillPercentage").textValue())
                .isEqualTo("50.0");
        assertThat(all.get("SINK.k1").get("Type").textValue()).isEqualTo("SINK");
    }

    @Test
    void ownFiguresStandInObjectsOfTheirOwn() throws Exception {
        source.counter("framesRefused").inc(3);
        source.timer("request").update(java.time.Duration.ofMillis(2));
        monitoring.start();

        JsonNode own = new ObjectMapper().readTree(get("/metrics").body()).get("MILLRACE.source.r1");

        assertThat(own.get("framesRefused").textValue()).isEqualTo("3");
        assertThat(own.get("request.count").textValue()).isEqualTo("1");
        assertThat(own.get("request.p99Millis").textValue()).isEqualTo("2.000");
    }

    @Test
    void aFigureThatCannotBeReadIsLeftOutAndAllOthersAreShown() throws Exception {
        channel.fill(
                () -> {
                    throw new IllegalStateException("closed");
                },
                10);
        source.gauge("pending", () -> {
            throw new NoClassDefFoundError("com/acme/Gone");
        });
        source.counter("framesRefused").inc(3);
        monitoring.start();

        JsonNode all = new ObjectMapper().readTree(get("/metrics").body());

        assertThat(names(all.get("CHANNEL.c1")))
                .contains("ChannelCapacity", "EventPutAttemptCount")
                .doesNotContain("ChannelSize", "ChannelFillPercentage");
        assertThat(names(all.get("MILLRACE.source.r1")))
                .contains("framesRefused")
                .doesNotContain("pending");
        assertThat(names(all.get("SINK.k1"))).contains("EventDrainSuccessCount");
    }

    @Test
    void aPlugInsBeanThatCannotBeReadTakesNothingElseAway() throws Exception {
        ObjectName name = new ObjectName("org.apache.flume.acme:type=broken");
        ManagementFactory.getPlatformMBeanServer().registerMBean(new BrokenBean(), name);
        try {
            monitoring.start();
            assertThat(names(new ObjectMapper().readTree(get("/metrics").body())))
                    .contains("SOURCE.r1", "CHANNEL.c1", "SINK.k1");
        } finally {
            ManagementFactory.getPlatformMBeanServer().unregisterMBean(name);
        }
    }

    @Test
    void beansHaveFlumesNamesAndGoWithTheAgent() throws Exception {
        monitoring.start();
        ObjectName name = new ObjectName("org.apache.flume.sink:type=k1");
        sink.connectionsCreated.inc();
        assertThat(ManagementFactory.getPlatformMBeanServer().getAttribute(name, "ConnectionCreatedCount"))
                .isEqualTo(1L);

        monitoring.close();

        assertThat(ManagementFactory.getPlatformMBeanServer().isRegistered(name))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({"GET,/,200", "GET,/METRICS,200", "POST,/metrics,200", "GET,/other,404", "OPTIONS,/metrics,403"})
    void answersAsFlumeDoes(String method, String path, int status) throws Exception {
        monitoring.start();
        HttpRequest request = HttpRequest.newBuilder(uri(path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(request, HttpResponse.BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(status);
    }

    @Test
    void aTakenPortIsNamedAndNothingStaysBehind() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            monitoring = monitoring(taken.getLocalPort());
            assertThatThrownBy(monitoring::start)
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining("127.0.0.1:" + taken.getLocalPort());
        }
        assertThat(ManagementFactory.getPlatformMBeanServer()
                        .isRegistered(new ObjectName("org.apache.flume.sink:type=k1")))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({"ganglia,41414,not supported yet", "http,http,0 to 65535", "http,70000,0 to 65535"})
    void badPropertiesAreRefused(String type, String port, String message) {
        Properties system = new Properties();
        system.setProperty("flume.monitoring.type", type);
        system.setProperty("flume.monitoring.port", port);
        assertThat(MonitoringSettings.problemsOf(system))
                .singleElement()
                .asString()
                .contains(message);
    }

    @Test
    void withoutATypeThereIsNoHttp() throws Exception {
        List<String> problems = new ArrayList<>();
        assertThat(MonitoringSettings.read(new Properties(), problems).http()).isNull();
        assertThat(problems).isEmpty();
    }

    private Monitoring monitoring(int port) {
        Properties system = new Properties();
        system.setProperty("flume.monitoring.type", "http");
        system.setProperty("flume.monitoring.port", Integer.toString(port));
        system.setProperty("millrace.monitoring.bind", "127.0.0.1");
        MonitoringSettings settings = MonitoringSettings.read(system, new ArrayList<>());
        return new Monitoring(settings, registry, List.of(source, channel, sink));
    }

    private HttpResponse<String> get(String path) throws Exception {
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(response.headers().firstValue("content-type")).hasValue("application/json;charset=utf-8");
        return response;
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + monitoring.address().getPort() + path);
    }

    /** Has one attribute, and fails when it is asked for it. */
    private static final class BrokenBean implements DynamicMBean {
        @Override
        public Object getAttribute(String attribute) {
            throw new IllegalStateException("broken");
        }

        @Override
        public void setAttribute(Attribute attribute) {}

        @Override
        public AttributeList getAttributes(String[] attributes) {
            throw new IllegalStateException("broken");
        }

        @Override
        public AttributeList setAttributes(AttributeList attributes) {
            return attributes;
        }

        @Override
        public Object invoke(String action, Object[] parameters, String[] signature) {
            throw new IllegalStateException("broken");
        }

        @Override
        public MBeanInfo getMBeanInfo() {
            MBeanAttributeInfo[] one = {new MBeanAttributeInfo("it", "long", "it", true, false, false)};
            return new MBeanInfo(BrokenBean.class.getName(), "broken", one, null, null, null);
        }
    }

    private static Set<String> names(JsonNode object) {
        Set<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
