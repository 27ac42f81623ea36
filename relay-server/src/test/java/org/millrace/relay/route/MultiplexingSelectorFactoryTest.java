package org.millrace.relay.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.millrace.api.Channel;
import org.millrace.api.ChannelSelector;
import org.millrace.api.SelectorContext;
import org.millrace.api.SourceMetrics;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeChannel;
import org.millrace.testkit.FakeClock;
import org.millrace.testkit.RecordedProblems;

class MultiplexingSelectorFactoryTest {
    private static final Map<String, String> STATES = Map.of(
            "header", "state",
            "mapping.CZ", "c1",
            "mapping.US", "c2 c3",
            "optional.US", "c3 c4",
            "optional.FR", "c4",
            "default", "c4");

    private final RecordedProblems recorded = new RecordedProblems();
    private final MetricRegistry registry = new MetricRegistry();
    private final List<Channel> channels =
            List.of(new FakeChannel("c1"), new FakeChannel("c2"), new FakeChannel("c3"), new FakeChannel("c4"));

    @Test
    void aBatchThatGoesOneWayIsPassedOnWhole() {
        assertThat(deliveries(create(STATES), "CZ", "CZ")).containsExactly("c1 required CZ0 CZ1");
    }

    @Test
    void aBatchIsPartedInOrder() {
        assertThat(deliveries(create(STATES), "US", "CZ", "US", "xx"))
                .containsExactlyInAnyOrder(
                        "c1 required CZ1",
                        "c2 required US0 US2",
                        "c3 required US0 US2",
                        "c4 optional US0 US2",
                        "c4 required xx3");
    }

    @Test
    void withoutTheHeaderOrWithABlankOneOrWithAnotherValueTheDefaultCounts() {
        assertThat(deliveries(create(STATES), "", " ", "cz")).containsExactly("c4 required 0  1 cz2");
    }

    @Test
    void anOptionalListAloneAddsToTheDefault() {
        assertThat(deliveries(create(STATES), "FR")).containsExactly("c4 required FR0");
        assertThat(deliveries(create(Map.of("header", "state", "optional.FR", "c1", "default", "c4")), "FR"))
                .containsExactlyInAnyOrder("c4 required FR0", "c1 optional FR0");
    }

    @Test
    void whatNobodyGetsIsCountedAndNotedBefore() {
        ChannelSelector selector = create(Map.of("header", "state", "mapping.CZ", "c1"));

        assertThat(recorded.notes()).singleElement().asString().contains("default", "dropped");
        assertThat(deliveries(selector, "CZ", "US", "")).containsExactly("c1 required CZ0");
        assertThat(deliveries(selector, "US")).isEmpty();
        assertThat(registry.counter("source.s.multiplexedAway").getCount()).isEqualTo(3);
    }

    @Test
    void channelsThatAreOnlyOptionalDoNotStopTheSource() {
        ChannelSelector selector =
                create(Map.of("header", "state", "mapping.CZ", "c1", "optional.CZ", "c2", "default", "c3"));

        assertThat(selector.requiredChannels()).extracting(Channel::name).containsExactly("c1", "c3");
    }

    @Test
    void anUnknownChannelAndAnEmptyListAreMistakes() {
        new MultiplexingSelectorFactory()
                .create(context(), recorded.settings(Map.of("mapping.CZ", "c9", "mapping.US", "", "default", "d")));

        assertThat(recorded.problems())
                .containsExactlyInAnyOrder(
                        "mapping.CZ: c9 (expected: some of the source's channels: c1, c2, c3, c4; did you mean c1?)",
                        "mapping.US: missing (expected: names separated by blanks)",
                        "default: d (expected: some of the source's channels: c1, c2, c3, c4; did you mean c1?)");
    }

    @Test
    void batchesAreBalancedAndAFullChannelIsPassedOver() {
        ChannelSelector selector = new LoadBalancingSelectorFactory().create(context(), recorded.settings(Map.of()));

        assertThat(deliveries(selector, "a")).containsExactly("c1 required a0");
        assertThat(deliveries(selector, "a", "b")).containsExactly("c2 required a0 b1");
        ((FakeChannel) channels.get(2)).setRoom(false);
        assertThat(deliveries(selector, "a")).containsExactly("c4 required a0");
        assertThat(deliveries(selector, "a")).containsExactly("c4 required a0");
        channels.forEach(channel -> ((FakeChannel) channel).setRoom(false));
        assertThat(deliveries(selector, "a")).containsExactly("c1 required a0");
        assertThat(selector.requiredChannels()).isEqualTo(channels);
    }

    @Test
    void batchesAreSpreadAtRandom() {
        ChannelSelector selector =
                new LoadBalancingSelectorFactory().create(context(), recorded.settings(Map.of("policy", "random")));

        Map<String, Integer> counts = new TreeMap<>();
        for (int i = 0; i < 400; i++) {
            counts.merge(deliveries(selector, "a").get(0), 1, Integer::sum);
        }
        assertThat(counts).hasSize(4); // a channel left out by chance: once in 10^49
    }

    private ChannelSelector create(Map<String, String> values) {
        ChannelSelector selector = new MultiplexingSelectorFactory().create(context(), recorded.settings(values));
        assertThat(recorded.problems()).isEmpty();
        return selector;
    }

    private SelectorContext context() {
        return new SelectorContext("a", "s", channels, new SourceMetrics("s", registry), new FakeClock());
    }

    /** Who got what, as "channel required|optional body ..."; a body is the header and the event's place. */
    private static List<String> deliveries(ChannelSelector selector, String... states) {
        EventBatch batch;
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            for (int i = 0; i < states.length; i++) {
                builder.add(
                        states[i].isEmpty() ? Map.of() : Map.of("state", states[i]),
                        (states[i] + i).getBytes(StandardCharsets.UTF_8));
            }
            batch = builder.build();
        }
        List<String> told = new ArrayList<>();
        for (ChannelSelector.Delivery delivery : selector.select(batch)) {
            told.add(delivery.channel().name()
                    + (delivery.required() ? " required " : " optional ")
                    + String.join(" ", Batches.bodies(delivery.batch())));
            delivery.batch().release();
        }
        batch.release();
        return told;
    }
}
