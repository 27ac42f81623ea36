package org.millrace.relay.source.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.millrace.testkit.FakeClock;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

class PeerLogTest {
    private final InfoLines lines = new InfoLines();
    private final FakeClock clock = new FakeClock();
    private final EmbeddedChannel peer = new EmbeddedChannel();
    private final PeerLog log = new PeerLog(lines, "r1", clock);

    @AfterEach
    void close() {
        peer.finishAndReleaseAll();
    }

    @Test
    void whoComesAndGoesIsToldNowAndThenWithTheNumberOfTheOthers() {
        for (int i = 0; i < 1000; i++) {
            log.connected(peer);
            log.disconnected(peer);
        }
        assertThat(lines.messages).containsExactly("source r1: embedded connected", "source r1: embedded disconnected");

        clock.advance(Duration.ofSeconds(11));
        log.connected(peer);

        assertThat(lines.messages).hasSize(3).last().isEqualTo("source r1: embedded connected (and 999 more like it)");
    }

    /** A log of what is at least of the level INFO. */
    private static final class InfoLines extends LegacyAbstractLogger {
        private static final long serialVersionUID = 1;

        private final transient List<String> messages = new ArrayList<>();

        @Override
        protected void handleNormalizedLoggingCall(
                Level level,
                @Nullable Marker marker,
                String message,
                Object @Nullable [] arguments,
                @Nullable Throwable cause) {
            messages.add(MessageFormatter.basicArrayFormat(message, arguments));
        }

        @Override
        protected @Nullable String getFullyQualifiedCallerName() {
            return null;
        }

        @Override
        public boolean isTraceEnabled() {
            return false;
        }

        @Override
        public boolean isDebugEnabled() {
            return false;
        }

        @Override
        public boolean isInfoEnabled() {
            return true;
        }

        @Override
        public boolean isWarnEnabled() {
            return true;
        }

        @Override
        public boolean isErrorEnabled() {
            return true;
        }
    }
}
