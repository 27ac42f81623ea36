package org.millrace.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.listener.IpFilter.Verdict;

class IpFilterTest {
    @ParameterizedTest(name = "{0} of {1}: {2}")
    @CsvSource(
            delimiter = ' ',
            value = {
                "deny:ip:10.1.2.3 10.1.2.3 DENIED",
                "deny:ip:10.1.2.3 10.1.2.4 ALLOWED",
                "deny:ip:10.1.*.3 10.1.22.3 DENIED",
                "deny:ip:10.1.2.? 10.1.2.4 DENIED",
                "deny:ip:10.1.2.? 10.1.2.44 ALLOWED",
                "deny:ip:10.1.2.3 10.1.213 ALLOWED",
                "allow:ip:10.*,deny:ip:* 10.1.2.3 ALLOWED",
                "allow:ip:10.*,deny:ip:* 11.1.2.3 DENIED",
                "deny:ip:*,allow:ip:10.* 10.1.2.3 DENIED",
                "allow:ip:10.*,deny:name:* 10.1.2.3 ALLOWED",
                "allow:ip:10.*,deny:name:* 11.1.2.3 NEEDS_NAME",
                "deny:name:localhost 127.0.0.1 DENIED",
                "deny:name:localhost 11.1.2.3 NEEDS_NAME"
            })
    void firstRuleThatMatchesDecides(String rules, String peer, Verdict expected) throws Exception {
        assertThat(IpFilter.parse(rules).verdict(InetAddress.getByName(peer))).isEqualTo(expected);
    }

    @Test
    void nameDecidesWhereARuleAsksForIt() throws Exception {
        InetAddress peer = named("web01.example.org", 11, 1, 2, 3);

        assertThat(IpFilter.parse("deny:name:web??.*").allows(peer)).isFalse();
        assertThat(IpFilter.parse("allow:name:*.example.org,deny:ip:*").allows(peer))
                .isTrue();
        assertThat(IpFilter.parse("allow:name:*.example.com,deny:ip:*").allows(peer))
                .isFalse();
        assertThat(IpFilter.parse("deny:name:example").allows(peer)).isTrue();
    }

    @ParameterizedTest(name = "[{0}]")
    @ValueSource(strings = {"", "deny", "deny:ip", "deny:ip:", "Deny:ip:*", "deny:IP:*", "deny:host:*", "deny:ip:*,"})
    void whatIsNoRuleIsNamed(String rules) {
        assertThatThrownBy(() -> IpFilter.parse(rules)).isInstanceOf(IllegalArgumentException.class);
    }

    private static InetAddress named(String name, int... address) throws UnknownHostException {
        byte[] bytes = new byte[address.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) address[i];
        }
        return InetAddress.getByAddress(name, bytes);
    }
}
