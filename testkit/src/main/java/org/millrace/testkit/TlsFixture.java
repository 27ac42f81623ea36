package org.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.params.provider.Arguments;
import org.millrace.api.Settings;

/** What tests of sources with TLS have in common: the certificates of both ends, the source's keys, and a peer that trusts it. One thread. */
public final class TlsFixture {
    private final TestCertificates authority;
    private final TestCertificates.Issued client;
    private final Path store;
    private final Path trust;

    /** @param dir for the files */
    public TlsFixture(Path dir) throws IOException {
        authority = new TestCertificates(dir);
        client = authority.issue("client");
        store = authority.issue("server").store("JKS");
        trust = authority.trust("JKS");
    }

    public TestCertificates authority() {
        return authority;
    }

    /** The certificate of who connects. */
    public TestCertificates.Issued client() {
        return client;
    }

    /** The source's key store. */
    public Path store() {
        return store;
    }

    /** Who both ends trust. */
    public Path trust() {
        return trust;
    }

    /** Keys and values of a source that speaks TLS, and more behind them, of which the later ones count. */
    public String[] serverKeys(String... more) {
        String[] keys = {"ssl", "true", "keystore", store.toString(), "keystore-password", TestCertificates.PASSWORD};
        return Stream.of(keys, more).flatMap(Stream::of).toArray(String[]::new);
    }

    /** A peer with a certificate that has shaken hands. */
    public SSLSocket connect(int port) throws IOException {
        SSLSocket socket = (SSLSocket) client.context().getSocketFactory().createSocket("127.0.0.1", port);
        socket.setSoTimeout((int) PatientAwaits.LIMIT.toMillis());
        try {
            socket.startHandshake();
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** For a test with parameters: a key of TLS, a bad value, and how the problem begins. */
    public static Stream<Arguments> badValuesOfAServer() {
        return Stream.of(
                Arguments.of("ssl", "yes", "ssl: yes (expected: true or false)"),
                Arguments.of("keystore", "no-such-file", "keystore: no-such-file: there is no such file"),
                Arguments.of("keystore-password", "guess", "keystore-password: does not open "),
                Arguments.of("keystore-type", "CABINET", "keystore-type: CABINET (expected: PEM, "),
                Arguments.of(
                        "keystore-private-key", "key.pem", "keystore-private-key: key.pem (expected: nothing, unless "),
                Arguments.of("include-protocols", "TLSv7", "include-protocols: TLSv7 is no protocol of this JDK"),
                Arguments.of("exclude-protocols", "TLSv1.2 TLSv1.3", "include-protocols: no protocol is left"),
                Arguments.of(
                        "include-cipher-suites",
                        "TLS_NO_SUCH",
                        "include-cipher-suites: TLS_NO_SUCH is no cipher suite"),
                Arguments.of("client-auth", "required", "truststore: missing"),
                Arguments.of("client-auth", "maybe", "client-auth: maybe (expected: one of: "),
                Arguments.of("handshakeTimeout", "0", "handshakeTimeout: 0 (expected: "),
                Arguments.of("maxHandshakes", "x", "maxHandshakes: x (expected: "));
    }

    /**
     * Has a source's settings read with a bad value among good ones, and sees that the only problem is that.
     *
     * @param others the keys that the source needs beside those of TLS
     */
    public void assertNamed(
            String key, String value, String message, Map<String, String> others, Consumer<Settings> reader) {
        RecordedProblems problems = new RecordedProblems();
        Map<String, String> values = new HashMap<>(others);
        String[] keys = serverKeys(key, value);
        for (int i = 0; i < keys.length; i += 2) {
            values.put(keys[i], keys[i + 1]);
        }
        reader.accept(problems.settings(values));

        assertThat(problems.problems()).singleElement().asString().startsWith(message);
    }
}
