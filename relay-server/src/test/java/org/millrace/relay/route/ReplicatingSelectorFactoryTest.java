package org.millrace.relay.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.millrace.api.Channel;
import org.millrace.api.ChannelSelector;
import org.millrace.api.ChannelSelector.Delivery;
import org.millrace.api.SelectorContext;
import org.millrace.api.SourceMetrics;
import org.millrace.codec.EventBatch;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeChannel;
import org.millrace.testkit.FakeClock;
import org.millrace.testkit.RecordedProblems;

class ReplicatingSelectorFactoryTest {
    private final RecordedProblems recorded = new RecordedProblems();
    private final List<Channel> channels =
            List.of(new FakeChannel("audit"), new FakeChannel("main"), new FakeChannel("trial"));

    @Test
    void allChannelsAreRequiredUnlessSaidOtherwise() {
        assertThat(create(Map.of()).requiredChannels())
                .extracting(Channel::name)
                .containsExactly("audit", "main", "trial");
    }

    @Test
    void optionalChannelsGetTheEventsToo() {
        ChannelSelector selector = create(Map.of("optional", "trial audit"));

        assertThat(selector.requiredChannels()).extracting(Channel::name).containsExactly("main");
        EventBatch batch = Batches.of("a");
        List<Delivery> deliveries = selector.select(batch);
        assertThat(deliveries)
                .extracting(delivery -> delivery.channel().name() + " " + delivery.required())
                .containsExactly("main true", "audit false", "trial false");
        deliveries.forEach(delivery -> delivery.batch().release());
        batch.release();
        assertThat(recorded.problems()).isEmpty();
    }

    @Test
    void anUnknownOptionalChannelIsAMistakeThatNamesTheNearestOne() {
        create(Map.of("optional", "trail"));

        assertThat(recorded.problems())
                .containsExactly("optional: trail (expected: some of the source's channels: audit, main, trial;"
                        + " did you mean trial?)");
    }

    private ChannelSelector create(Map<String, String> values) {
        return new ReplicatingSelectorFactory()
                .create(
                        new SelectorContext(
                                "a", "s", channels, new SourceMetrics("s", new MetricRegistry()), new FakeClock()),
                        recorded.settings(values));
    }
}
