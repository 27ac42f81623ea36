package org.millrace.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.millrace.relay.cli.Changes;
import org.millrace.relay.config.Assembly;
import org.millrace.relay.config.Configuration;
import org.millrace.relay.config.ConfigurationReader;
import org.millrace.relay.config.Environment;
import org.millrace.relay.config.TextSource;
import org.millrace.relay.fakes.Diary;
import org.millrace.relay.fakes.FakeParts;

class AgentProcessTest {
    private final Diary diary = new Diary();
    private final TellingSource source = new TellingSource();
    private final Configuration.Request request = new Configuration.Request("a", List.of(source), false, null);
    private final ConfigurationReader reader = this::read;
    private final AgentProcess process = new AgentProcess(new Properties(), reader);

    @Test
    void looksAtOnceWhenASourceOfTheConfigurationTellsOfAChange() throws Exception {
        Configuration first = read(request, null);
        Relay relay = Relay.unmonitored(Objects.requireNonNull(first.assembly()), Duration.ofSeconds(30));
        relay.start();
        Reloader reloader =
                Objects.requireNonNull(process.reloader(relay, first, new Changes(request, Duration.ofDays(1))));
        Thread looking = new Thread(() -> {
            try {
                reloader.run();
            } catch (InterruptedException e) {
                diary.note("looks no more");
            }
        });
        looking.start();
        try {
            source.changeTo(ChangingAgent.FILE.replace("k1.port = 1", "k1.port = 2"));
            await().until(() -> diary.entries().contains("close sink k1"));
        } finally {
            looking.interrupt();
            looking.join();
            relay.close();
        }
    }

    @Test
    void nobodyIsToldOfChangesThatAreNotLookedFor() {
        Configuration first = read(request, null);
        Relay relay = Relay.unmonitored(Objects.requireNonNull(first.assembly()), Duration.ofSeconds(30));
        assertThat(process.reloader(relay, first, new Changes(request, null))).isNull();
        assertThat(source.listener).isNull();
    }

    private Configuration read(Configuration.Request wanted, @Nullable Assembly running) {
        return Configuration.read(
                wanted,
                new Environment(Map.of(), new Properties()),
                FakeParts.catalogWithKept(diary),
                Relay.routing(),
                InstantSource.system(),
                running);
    }

    /** A place that tells of changes. */
    private static final class TellingSource implements TextSource {
        private volatile String text = ChangingAgent.FILE;
        private volatile @Nullable Runnable listener;

        void changeTo(String next) {
            text = next;
            Objects.requireNonNull(listener).run();
        }

        @Override
        public String name() {
            return "a place that tells";
        }

        @Override
        public byte[] read() {
            return text.getBytes(UTF_8);
        }

        @Override
        public void onChange(Runnable changed) {
            listener = changed;
        }
    }
}
