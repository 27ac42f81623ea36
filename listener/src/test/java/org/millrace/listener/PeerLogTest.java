package org.millrace.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.millrace.testkit.FakeClock;
import org.slf4j.Logger;
import org.slf4j.helpers.MessageFormatter;

class PeerLogTest {
    private final FakeClock clock = new FakeClock();
    private final List<String> lines = new ArrayList<>();
    private final EmbeddedChannel peer = new EmbeddedChannel();
    private final PeerLog log = new PeerLog(logger(), "r1", clock);

    @AfterEach
    void close() {
        peer.finishAndReleaseAll();
    }

    /** Whoever may connect may do so a thousand times a second. */
    @Test
    void whatAPeerCanRepeatIsToldNowAndThenWithTheNumberOfTheOthers() {
        assertOneLineOfMany("info source r1: embedded connected", log::connected);
        assertOneLineOfMany("info source r1: embedded disconnected", log::disconnected);
        assertOneLineOfMany("warn source r1: embedded refused and disconnected: why", any -> log.refused(any, "why"));
        assertOneLineOfMany(
                "warn source r1: 1 events of embedded not stored, it is to try again: full",
                any -> log.notStored(any, 1, new IllegalStateException("full")));
        assertOneLineOfMany("error source r1: 1 events of embedded dropped: why", any -> log.dropped(any, 1, "why"));
        assertOneLineOfMany(
                "error source r1: while serving embedded", any -> log.fault(any, new IllegalStateException("fault")));
    }

    private void assertOneLineOfMany(String line, Consumer<EmbeddedChannel> telling) {
        for (int i = 0; i < 1000; i++) {
            telling.accept(peer);
        }
        assertThat(lines).containsExactly(line);
        clock.advance(Duration.ofSeconds(10));
        telling.accept(peer);
        assertThat(lines).containsExactly(line, line + " (and 999 more like it)");
        lines.clear();
    }

    /** Of the usual level, which writes its level in front of each line. */
    private Logger logger() {
        return (Logger) Proxy.newProxyInstance(
                PeerLogTest.class.getClassLoader(), new Class<?>[] {Logger.class}, (proxy, method, arguments) -> {
                    if (method.getReturnType() == boolean.class) {
                        return !method.getName().equals("isDebugEnabled");
                    }
                    lines.add(method.getName() + " " + text(arguments));
                    return null;
                });
    }

    private static String text(Object[] arguments) {
        Object[] values =
                arguments[1] instanceof Object[] all ? all : Arrays.copyOfRange(arguments, 1, arguments.length);
        return MessageFormatter.basicArrayFormat(String.valueOf(arguments[0]), values);
    }
}
