package org.millrace.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.testkit.process.EventServer;

/** The example of {@code docs/embedded.md}. */
class OrderLogTest {
    private static final String BEGIN = "```java\n";

    @TempDir
    private Path directory;

    @Test
    void thePageShowsTheExampleAsItIs() throws IOException {
        String page = Files.readString(Path.of("../docs/embedded.md"));
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        String shown = page.substring(begin, page.indexOf("```", begin));
        assertThat(shown).isEqualTo(Files.readString(Path.of("src/test/java/org/millrace/example/OrderLog.java")));
    }

    @Test
    void whatNobodyTookIsThereAfterARestart() throws Exception {
        Queue<String> taken = new ConcurrentLinkedQueue<>();
        int dead;
        int port;
        try (EventServer first = new EventServer(0, new Recorder(taken));
                EventServer second = new EventServer(0, new Recorder(taken))) {
            dead = first.port();
            port = second.port();
        }
        try (OrderLog log = new OrderLog(directory.toString(), dead, port)) {
            assertThat(log.note("1", List.of("a", "b"))).isTrue();
        }
        try (EventServer second = new EventServer(port, new Recorder(taken));
                OrderLog log = new OrderLog(directory.toString(), dead, second.port())) {
            assertThat(log.note("2", List.of("c"))).isTrue();
            await().untilAsserted(() -> assertThat(taken).containsExactly("1 a", "1 b", "2 c"));
        }
    }

    private record Recorder(Queue<String> taken) implements EventServer.Taker {
        @Override
        public void take(Map<String, String> headers, byte[] body) {
            if (headers.containsKey("timestamp")) {
                taken.add(headers.get("order") + " " + new String(body, StandardCharsets.UTF_8));
            }
        }

        @Override
        public void fault(Exception why) {
            // the agent tries again
        }
    }
}
