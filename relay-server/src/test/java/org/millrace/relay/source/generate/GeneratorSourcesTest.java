package org.millrace.relay.source.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.codahale.metrics.MetricRegistry;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.api.BatchSized;
import org.millrace.api.ChannelException;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.Source;
import org.millrace.api.SourceContext;
import org.millrace.api.SourceMetrics;
import org.millrace.api.StartException;
import org.millrace.testkit.RecordedProblems;
import org.millrace.testkit.RecordingInlet;

class GeneratorSourcesTest {
    private static final ComponentFactory.OfSource SEQUENCE = new SequenceSourceFactory();
    private static final ComponentFactory.OfSource STRESS = new StressSourceFactory();

    private final RecordingInlet inlet = new RecordingInlet();
    private final SourceMetrics metrics = new SourceMetrics("s", new MetricRegistry());
    private final RecordedProblems problems = new RecordedProblems();
    private final Map<String, String> values = new HashMap<>();
    private @Nullable Source source;

    @AfterEach
    void stop() {
        if (source != null) {
            source.close();
        }
    }

    @Test
    void theyAreFoundByTheirNames() {
        assertThat(ServiceLoader.load(ComponentFactory.OfSource.class))
                .anySatisfy(factory -> assertThat(factory.typeNames())
                        .containsExactly("seq", "org.apache.flume.source.SequenceGeneratorSource"))
                .anySatisfy(factory ->
                        assertThat(factory.typeNames()).containsExactly("org.apache.flume.source.StressSource"));
    }

    @Test
    void everyKeyOfFlumesIsKnown() {
        Settings settings = problems.settings(values);
        assertThat(((BatchSized) create(SEQUENCE, settings)).batchEvents()).isEqualTo(1);
        assertThat(settings.knownKeys())
                .containsExactlyInAnyOrder("batchSize", "totalEvents", "backoffSleepIncrement", "maxBackoffSleep");
        settings = problems.settings(values);
        assertThat(((BatchSized) create(STRESS, settings)).batchKey()).isEqualTo("batchSize");
        assertThat(settings.knownKeys())
                .containsExactlyInAnyOrder(
                        "size",
                        "batchSize",
                        "maxTotalEvents",
                        "maxSuccessfulEvents",
                        "maxEventsPerSecond",
                        "backoffSleepIncrement",
                        "maxBackoffSleep");
        assertThat(problems.problems()).isEmpty();
    }

    @ParameterizedTest(name = "{0} {1} = {2}")
    @CsvSource({
        "seq, batchSize, 0",
        "seq, totalEvents, -1",
        "seq, backoffSleepIncrement, 0",
        "seq, maxBackoffSleep, x",
        "stress, size, -1",
        "stress, batchSize, 0",
        "stress, batchSize, 2000000000",
        "stress, maxTotalEvents, -2",
        "stress, maxSuccessfulEvents, all",
        "stress, maxEventsPerSecond, -1",
    })
    void aBadValueIsRefusedByName(String type, String key, String value) {
        values.put(key, value);
        create(type.equals("seq") ? SEQUENCE : STRESS, problems.settings(values));
        assertThat(problems.problems()).singleElement().asString().startsWith(key + ": ");
    }

    @Test
    void numbersComeInOrderAndARefusalLeavesNoneOut() throws StartException {
        values.putAll(Map.of("batchSize", "7", "totalEvents", "25"));
        inlet.refuseWith(new ChannelException("full"));
        start(SEQUENCE);
        await().until(() -> metrics.channelWriteFails.getCount() > 0);
        inlet.refuseWith(null);
        await().until(() -> metrics.eventsAccepted.getCount() == 25);
        assertThat(inlet.bodies())
                .isEqualTo(IntStream.range(0, 25).mapToObj(String::valueOf).toList());
    }

    @Test
    void theTotalOfEqualEventsIsKeptToTheEvent() throws StartException {
        values.putAll(Map.of("size", "3", "batchSize", "4", "maxTotalEvents", "10"));
        start(STRESS);
        await().until(() -> metrics.appendBatchesAccepted.getCount() == 3);
        assertThat(inlet.bodies()).hasSize(10).containsOnly("\u007F\u007F\u007F");
        assertThat(inlet.accepted()).allMatch(event -> event.headers().isEmpty());
    }

    @Test
    void afterSoManySuccessesNoBatchIsBegun() throws StartException {
        values.putAll(Map.of("size", "1", "batchSize", "4", "maxSuccessfulEvents", "5"));
        start(STRESS);
        await().until(() -> metrics.appendBatchesAccepted.getCount() == 2);
        assertThat(inlet.bodies())
                .isEqualTo(List.of("\u007F", "\u007F", "\u007F", "\u007F", "\u007F", "\u007F", "\u007F", "\u007F"));
    }

    @Test
    void aLimitOfEventsASecondDoesNotHoldUpAStop() throws StartException {
        values.putAll(Map.of("size", "1", "batchSize", "1000", "maxEventsPerSecond", "1"));
        start(STRESS);
        await().until(() -> metrics.appendBatchesAccepted.getCount() == 1);
        stop();
        assertThat(metrics.appendBatchesAccepted.getCount()).isEqualTo(1);
    }

    private void start(ComponentFactory.OfSource factory) throws StartException {
        source = create(factory, problems.settings(values));
        assertThat(problems.problems()).isEmpty();
        source.start();
    }

    private Source create(ComponentFactory.OfSource factory, Settings settings) {
        return factory.create(new SourceContext("a", "s", inlet, metrics, InstantSource.system()), settings);
    }
}
