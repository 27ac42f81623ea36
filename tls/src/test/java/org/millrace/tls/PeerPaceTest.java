package org.millrace.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.millrace.testkit.FakeClock;

class PeerPaceTest {
    private final FakeClock clock = new FakeClock();
    private final PeerPace pace = new PeerPace(clock, Duration.ofSeconds(10));

    @Test
    void eachPeerIsToldOfOnceInAWhileWithTheNumberLeftOut() throws Exception {
        assertThat(pace.admit(peer(1))).hasValue(0);
        assertThat(pace.admit(peer(1))).isEmpty();
        assertThat(pace.admit(peer(2))).as("another one").hasValue(0);
        clock.advance(Duration.ofSeconds(9));
        assertThat(pace.admit(peer(1))).isEmpty();
        clock.advance(Duration.ofSeconds(1));
        assertThat(pace.admit(peer(1))).hasValue(2);
        assertThat(pace.admit(peer(1))).isEmpty();
    }

    @Test
    void whoWasSilentLongestIsForgottenWhenThereAreVeryMany() throws Exception {
        for (int i = 0; i < 1001; i++) {
            assertThat(pace.admit(peer(i))).hasValue(0);
        }
        assertThat(pace.admit(peer(1000))).as("still known").isEmpty();
        assertThat(pace.admit(peer(0))).as("forgotten").hasValue(0);
    }

    private static InetAddress peer(int number) throws Exception {
        return InetAddress.getByAddress(new byte[] {10, 0, (byte) (number >> 8), (byte) number});
    }
}
