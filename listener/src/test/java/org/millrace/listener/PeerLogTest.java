package org.millrace.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.millrace.testkit.FakeClock;
import org.slf4j.Logger;

class PeerLogTest {
    private final FakeClock clock = new FakeClock();
    private final List<String> levels = new ArrayList<>();
    private final EmbeddedChannel peer = new EmbeddedChannel();
    private final PeerLog log = new PeerLog(logger(), "r1", clock);

    /** Whoever may connect may do so a thousand times a second. */
    @Test
    void whatAPeerCanRepeatIsToldNowAndThen() {
        assertOneLineOfMany("info", log::connected);
        assertOneLineOfMany("info", log::disconnected);
        assertOneLineOfMany("warn", any -> log.refused(any, "why"));
        assertOneLineOfMany("warn", any -> log.notStored(any, 1, new IllegalStateException("full")));
        assertOneLineOfMany("error", any -> log.dropped(any, 1, "why"));
        assertOneLineOfMany("error", any -> log.fault(any, new IllegalStateException("fault")));
    }

    private void assertOneLineOfMany(String level, Consumer<EmbeddedChannel> line) {
        for (int i = 0; i < 1000; i++) {
            line.accept(peer);
        }
        assertThat(levels).containsExactly(level);
        clock.advance(Duration.ofSeconds(10));
        line.accept(peer);
        assertThat(levels).containsExactly(level, level);
        levels.clear();
    }

    private Logger logger() {
        return (Logger) Proxy.newProxyInstance(
                PeerLogTest.class.getClassLoader(), new Class<?>[] {Logger.class}, (proxy, method, arguments) -> {
                    levels.add(method.getName());
                    return null;
                });
    }
}
