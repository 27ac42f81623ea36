package org.millrace.relay.sink.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {
    @Test
    void theUsualPortAndTheRootNeedNotBeNamed() {
        assertThat(Endpoint.parse("http://web")).isEqualTo(new Endpoint(false, "web", 80, "/"));
        assertThat(Endpoint.parse("HTTPS://web:/a")).isEqualTo(new Endpoint(true, "web", 443, "/a"));
        assertThat(Endpoint.parse("http://web?x=1")).isEqualTo(new Endpoint(false, "web", 80, "/?x=1"));
    }

    @Test
    void aHostMayHaveAnUnderscoreAsThoseOfContainersDo() {
        Endpoint endpoint = Endpoint.parse("http://log_store.x-y:8080/in");
        assertThat(endpoint.hostName()).isEqualTo("log_store.x-y");
        assertThat(endpoint.hostHeader()).isEqualTo("log_store.x-y:8080");
    }

    @Test
    void anAddressOfIpV6StandsInBracketsWhereAUrlHasIt() {
        Endpoint endpoint = Endpoint.parse("https://[::1]:8443/");
        assertThat(endpoint.hostName()).isEqualTo("::1");
        assertThat(endpoint.hostHeader()).isEqualTo("[::1]:8443");
    }

    @Test
    void whatARequestMayNotNameIsEncodedAndWhatIsEncodedStays() {
        assertThat(Endpoint.parse("http://web/a%20b/{x}?k=1|2&n=\u00e4#part").target())
                .isEqualTo("/a%20b/%7Bx%7D?k=1%7C2&n=%C3%A4");
    }

    @Test
    void logsShowNeitherUserNorQuery() {
        assertThat(Endpoint.parse("http://me:secret@web:81/a?key=secret").shown())
                .isEqualTo("http://web:81/a");
        assertThat(Endpoint.parse("https://web:443/a").shown()).isEqualTo("https://web/a");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "web/a",
                "ftp://web/",
                "http:///a",
                "http://a b/",
                "http://web/a b",
                "http://web:80x/",
                "http://[web]/",
                "http://web:0/",
                "http://web:65536/",
                "http://web/\r\nHost: other"
            })
    void allElseIsRefused(String text) {
        assertThatThrownBy(() -> Endpoint.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
