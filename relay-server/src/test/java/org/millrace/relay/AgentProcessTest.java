package org.millrace.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
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
import org.millrace.testkit.LogLines;

class AgentProcessTest {
    private final Diary diary = new Diary();
    private final TellingSource source = new TellingSource();
    private final Configuration.Request request = new Configuration.Request("a", List.of(source), false, null);
    private final AtomicInteger configurationsRead = new AtomicInteger();
    private volatile boolean breaksOnce;
    private final ConfigurationReader reader = this::read;
    private final AgentProcess process = new AgentProcess(new Properties(), reader);

    @Test
    void looksAtOnceWhenASourceOfTheConfigurationTellsOfAChange() throws Exception {
        whileItLooks(reloader -> {
            source.changeTo(ChangingAgent.FILE.replace("k1.port = 1", "k1.port = 2"));
            await().until(() -> diary.entries().contains("close sink k1"));
        });
    }

    @Test
    void aLookThatWasAskedForIsMadeUpForOnceTheSourcesCanBeReadAgain() throws Exception {
        whileItLooks(reloader -> {
            source.failOnce();
            reloader.look();
            await().until(() -> source.hasFailed);
            int before = configurationsRead.get();
            source.changeTo(ChangingAgent.FILE); // the same: nothing else has it look at what the text refers to
            await().until(() -> configurationsRead.get() > before);
        });
    }

    @Test
    void aLookThatBreaksIsRepeatedAlthoughTheSourcesAreTheSame() throws Exception {
        whileItLooks(reloader -> {
            breaksOnce = true;
            source.changeTo(ChangingAgent.FILE.replace("k1.port = 1", "k1.port = 2"));
            await().until(() -> !breaksOnce);
            reloader.lookForChanges();
            await().until(() -> diary.entries().contains("close sink k1"));
        });
    }

    @Test
    void aLookThatWasAskedForAndBreaksIsRepeated() throws Exception {
        whileItLooks(reloader -> {
            breaksOnce = true;
            reloader.look();
            await().until(() -> !breaksOnce);
            int before = configurationsRead.get();
            reloader.lookForChanges();
            await().until(() -> configurationsRead.get() > before);
        });
    }

    @Test
    void sourcesThatStayUnreadableAreToldOfOnceForEachWhoAsked() throws Exception {
        try (LogLines log = LogLines.of(Reloader.class)) {
            whileItLooks(reloader -> {
                source.failOnce();
                reloader.look();
                await().until(() -> source.hasFailed);
                source.failOnce();
                reloader.lookForChanges();
                await().until(() -> source.hasFailed);
                int before = configurationsRead.get();
                reloader.lookForChanges();
                await().until(() -> configurationsRead.get() > before);
            });
            assertThat(log.errors()).hasSize(1);
        }
    }

    private void whileItLooks(Consumer<Reloader> test) throws Exception {
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
            test.accept(reloader);
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
        if (breaksOnce) {
            breaksOnce = false;
            throw new IllegalStateException("cannot be");
        }
        configurationsRead.incrementAndGet();
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
        private volatile boolean isToFail;
        private volatile boolean hasFailed;

        void failOnce() {
            hasFailed = false;
            isToFail = true;
        }

        void changeTo(String next) {
            text = next;
            Objects.requireNonNull(listener).run();
        }

        @Override
        public String name() {
            return "a place that tells";
        }

        @Override
        public byte[] read() throws IOException {
            if (isToFail) {
                isToFail = false;
                hasFailed = true;
                throw new IOException("stale file handle");
            }
            return text.getBytes(UTF_8);
        }

        @Override
        public void onChange(Runnable changed) {
            listener = changed;
        }
    }
}
