package org.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RelayAddressTest {
    @ParameterizedTest
    @CsvSource({"web01:4141, web01, 4141", "10.0.0.7:1, 10.0.0.7, 1", "[::1]:65535, ::1, 65535"})
    void hostAndPortAreRead(String text, String host, int port) {
        assertThat(RelayAddress.parse(text)).isEqualTo(new RelayAddress(host, port));
    }

    @Test
    void anIpv6AddressIsShownInBrackets() {
        assertThat(new RelayAddress("[fe80::1]", 41).toString()).isEqualTo("[fe80::1]:41");
        assertThat(new RelayAddress("fe80::1", 41).toString()).isEqualTo("[fe80::1]:41");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "web01",
                ":4141",
                "web01:",
                "web01:x",
                "web01:0",
                "web01:65536",
                "web01:-1",
                "::1",
                "fe80::1:4141",
                ""
            })
    void whatIsNoAddressIsRefused(String text) {
        assertThatThrownBy(() -> RelayAddress.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: ");
    }
}
