package org.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostTextTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "collector-1.example.org",
                "log_host",
                "b\u00fccher.example",
                "127.0.0.1",
                "010.000.0.255",
                "127.1",
                "0.0.0.0",
                "::",
                "::1",
                "[::1]",
                "fe80::1%eth0",
                "::ffff:10.0.0.1",
                "[2001:db8::7]"
            })
    void namesAndAddressesStayAsTheyAre(String host) {
        assertThat(HostText.checked(host)).isEqualTo(host);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a host", "a,b", "http://a", "a/b", "-a", ".a", "10.0.0.256", "[::1", "::1]", "[a]", "*"})
    void whatNoHostCanBeCalledIsRefused(String text) {
        assertThatThrownBy(() -> HostText.checked(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:4141", "127.0.0.1:80"})
    void aHostWithItsPortIsRefusedWithTheReason(String text) {
        assertThatThrownBy(() -> HostText.checked(text)).hasMessage("without the port");
    }
}
