package org.millrace.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.relay.config.Assembly.SourcePart;
import org.millrace.relay.config.Configuration;
import org.millrace.relay.config.Environment;
import org.millrace.relay.fakes.Diary;
import org.millrace.relay.fakes.FakeParts;

@Timeout(60)
class SourceClosingTest {
    @TempDir
    private Path directory;

    private final Diary diary = new Diary();

    @Test
    void oneThatIsStillOpenAndOneThatBrokeAreTold() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        diary.onceNoted("close source r1", () -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        });
        CountDownLatch broke = new CountDownLatch(1);
        diary.onceNoted("close source r2", () -> {
            broke.countDown();
            throw new AssertionError("cannot be");
        });
        assertThat(SourceClosing.closeAll(sources(), Duration.ofSeconds(1)))
                .containsExactly("source r1 is still open", "source r2 did not close cleanly");
        interrupted.await();
    }

    @Test
    void ofThoseThatCloseNothingIsTold() throws Exception {
        assertThat(SourceClosing.closeAll(sources())).isEmpty();
        assertThat(diary.entries()).contains("close source r1", "close source r2");
    }

    private List<SourcePart> sources() throws IOException {
        Path file = Files.writeString(directory.resolve("a.properties"), ChangingAgent.FILE);
        Configuration configuration = Configuration.read(
                Configuration.Request.ofFiles("a", List.of(file), false),
                new Environment(Map.of(), new Properties()),
                FakeParts.catalogWithKept(diary),
                Relay.routing(),
                InstantSource.system());
        return Objects.requireNonNull(configuration.assembly()).sources();
    }
}
