package org.millrace.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.millrace.testkit.TestCertificates.PASSWORD;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.testkit.TestCertificates;

class TlsKeysTest {
    private static TestCertificates authority;
    private static TestCertificates.Issued server;
    private static TestCertificates.Issued expired;
    private static Path store;
    private static Path directory;

    @BeforeAll
    static void issue(@TempDir Path dir) throws IOException {
        directory = dir;
        authority = new TestCertificates(dir);
        server = authority.issueRsa("server");
        expired = authority.issueExpired("expired");
        store = server.store("JKS");
    }

    private static FakeKeys keys() {
        return new FakeKeys("ssl", "true", "keystore", store, "keystore-password", PASSWORD);
    }

    @Test
    void withoutSslNothingIsReadAndEveryKeyIsKnown() {
        FakeKeys none = new FakeKeys();

        assertThat(none.server()).isNull();
        assertThat(none.client()).isNull();
        assertThat(none.problems).isEmpty();
        assertThat(none.asked).extracting(KeyReader.Key::name).contains("keystore", "truststore", "include-protocols");
    }

    @Test
    void keysThatHaveNoEffectAreNotedWithoutTheirValues() {
        FakeKeys idle = keys().set("ssl", "false");

        assertThat(idle.server()).isNull();
        assertThat(idle.notes)
                .containsExactly(
                        "keystore: has no effect: ssl is false", "keystore-password: has no effect: ssl is false");
    }

    @ParameterizedTest
    @ValueSource(strings = {"JKS", "PKCS12", "JCEKS"})
    void aStoreOfAnyTypeOfTheJdkWillDo(String type) throws IOException {
        FakeKeys keys = keys().set("keystore", server.store(type)).set("keystore-type", type.toLowerCase(Locale.ROOT));

        assertThat(keys.server()).isNotNull();
        assertThat(keys.problems).isEmpty();
    }

    @Test
    void aPkcs12StoreIsReadAsJksToo() throws IOException {
        assertThat(keys().set("keystore", server.store("PKCS12")).server()).isNotNull();
    }

    @Test
    void pemInOneFileNeedsNoPassword() throws IOException {
        FakeKeys keys = new FakeKeys("ssl", "true", "keystore", server.pem(), "keystore-type", "pem");

        assertThat(keys.server()).isNotNull();
        assertThat(keys.problems).isEmpty();
    }

    @Test
    void pemInTwoFiles() throws IOException {
        FakeKeys keys = new FakeKeys("ssl", "true", "keystore", server.certificatePem(), "keystore-type", "PEM")
                .set("keystore-private-key", server.keyPem());

        assertThat(keys.server()).isNotNull();
        assertThat(keys.problems).isEmpty();
    }

    @Test
    void anEncryptedPrivateKeyOfPemIsOpenedByThePassword() throws Exception {
        Path key = directory.resolve("encrypted.pem");
        Files.writeString(key, PemTexts.encrypted(server.key(), PASSWORD));
        FakeKeys keys = new FakeKeys("ssl", "true", "keystore", server.certificatePem(), "keystore-type", "PEM")
                .set("keystore-private-key", key);

        assertThat(keys.server()).isNull();
        assertThat(keys.problems)
                .containsExactly(
                        "keystore-password: missing (expected: the password of the private key in " + key + ")");
        assertThat(keys.set("keystore-password", PASSWORD).server()).isNotNull();
        assertMistake(
                keys.set("keystore-password", "wrong"), "keystore-password", "does not open the private key in " + key);
    }

    @Test
    void anothersPrivateKeyIsRefused() throws IOException {
        Path other = authority.issueRsa("other").keyPem();
        FakeKeys keys = new FakeKeys("ssl", "true", "keystore", server.certificatePem(), "keystore-type", "PEM");

        assertMistake(
                keys.set("keystore-private-key", other),
                "keystore-private-key",
                other + ": its private key is not that of the first certificate");
        Path elliptic = authority.issue("ec").keyPem();
        assertMistake(keys.set("keystore-private-key", elliptic), "keystore-private-key", "which is of the kind RSA");
    }

    @Test
    void aPrivateKeyOfAnOlderKindIsRefusedWithWhatMakesAnotherOfIt() throws IOException {
        Path old = Files.writeString(
                directory.resolve("old.pem"), Files.readString(server.keyPem()).replace("PRIVATE", "RSA PRIVATE"));
        FakeKeys keys = new FakeKeys("ssl", "true", "keystore", server.certificatePem(), "keystore-type", "PEM");

        assertMistake(keys.set("keystore-private-key", old), "keystore-private-key", "openssl pkcs8 -topk8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"JKS", "PKCS12"})
    void aWrongPasswordIsNamedAndNotShown(String type) throws IOException {
        Path file = server.store(type);
        FakeKeys keys = new FakeKeys("ssl", "true", "keystore", file, "keystore-type", type);

        assertMistake(keys.set("keystore-password", "guess-work"), "keystore-password", "does not open " + file);
    }

    @Test
    void filesThatAreNoGoodAreNamedWithWhatIsWrong() throws IOException {
        Path none = directory.resolve("none");
        assertMistake(keys().set("keystore", none), "keystore", none + ": there is no such file");
        assertMistake(keys().set("keystore", directory), "keystore", directory + " cannot be read");
        Path text = Files.writeString(directory.resolve("text"), "hello");
        assertMistake(keys().set("keystore", text), "keystore", text + " is damaged, or no store of the type JKS");
        assertMistake(keys().set("keystore", server.pem()), "keystore", "(it looks like keystore-type = PEM)");
        Path trust = authority.trust("JKS");
        assertMistake(
                keys().set("keystore", trust),
                "keystore",
                trust + " holds no private key (expected: one with its certificate; there: authority)");
        assertMistake(
                keys().set("keystore", server.certificatePem()).set("keystore-type", "PEM"),
                "keystore",
                "holds no private key (expected: a PRIVATE KEY, here or in the file of keystore-private-key)");
        assertMistake(
                keys().set("keystore", text).set("keystore-type", "PEM"), "keystore", text + " holds no CERTIFICATE");
    }

    @Test
    void everyMistakeOfTheKeysIsNamedAtOnce() {
        FakeKeys keys = new FakeKeys(
                        "ssl", "true", "client-auth", "maybe", "handshakeTimeout", "0", "maxHandshakes", "x")
                .set("keystore-type", "CABINET")
                .set("include-protocols", "TLSv1.2 TLSv7");

        assertThat(keys.server()).isNull();
        assertThat(keys.problems)
                .satisfiesExactlyInAnyOrder(
                        problem -> assertThat(problem).isEqualTo("keystore: missing (expected: a path)"),
                        problem -> assertThat(problem)
                                .startsWith("include-protocols: TLSv7 is no protocol of this JDK")
                                .contains("TLSv1.3"),
                        problem -> assertThat(problem).startsWith("client-auth: maybe (expected: one of: none, "),
                        problem -> assertThat(problem).startsWith("handshakeTimeout: 0 (expected: "),
                        problem -> assertThat(problem).startsWith("maxHandshakes: x (expected: "));
        assertMistake(
                keys().set("keystore-type", "CABINET"),
                "keystore-type",
                "CABINET (expected: PEM, JKS, PKCS12, JCEKS, or another type that the JDK has a provider of)");
        assertMistake(new FakeKeys("ssl", "true", "keystore", store), "keystore-password", "missing");
    }

    @Test
    void aComponentsKeyBeatsTheSystemPropertyWhichBeatsTheEnvironment() {
        FakeKeys keys = new FakeKeys("ssl", "true");
        keys.environment.put("FLUME_SSL_KEYSTORE_PATH", "of-the-environment");
        keys.environment.put("FLUME_SSL_KEYSTORE_PASSWORD", PASSWORD);
        assertMistake(
                keys, "keystore", "of-the-environment (of the environment's FLUME_SSL_KEYSTORE_PATH): there is no");

        keys.properties.put("javax.net.ssl.keyStore", store.toString());
        assertThat(keys.server()).isNotNull();

        assertMistake(keys.set("keystore", "its-own"), "keystore", "its-own: there is no");
    }

    @Test
    void theJvmIsToldOfTheStoresOfTheEnvironmentThatItCanRead() {
        FakeKeys keys = keys();
        keys.environment.put("FLUME_SSL_TRUSTSTORE_PATH", "trusted");
        keys.environment.put("FLUME_SSL_TRUSTSTORE_PASSWORD", "of-the-environment");
        keys.properties.put("javax.net.ssl.trustStorePassword", "of-the-property");
        keys.environment.put("FLUME_SSL_KEYSTORE_PATH", "own.pem");
        keys.environment.put("FLUME_SSL_KEYSTORE_TYPE", "pem");
        keys.environment.put("FLUME_SSL_INCLUDE_PROTOCOLS", "TLSv1.3");

        Map<String, String> told = new HashMap<>();
        keys.globals().shareStores(told::put);

        assertThat(told)
                .isEqualTo(Map.of(
                        "javax.net.ssl.trustStore", "trusted",
                        "javax.net.ssl.trustStorePassword", "of-the-property"));
    }

    @Test
    void whatTheJvmWasToldIsStillTheEnvironments() {
        FakeKeys keys = new FakeKeys("ssl", "true");
        keys.environment.put("FLUME_SSL_KEYSTORE_PATH", "nowhere");
        keys.environment.put("FLUME_SSL_KEYSTORE_PASSWORD", PASSWORD);
        keys.globals().shareStores(keys.properties::put);

        assertMistake(keys, "keystore", "nowhere (of the environment's FLUME_SSL_KEYSTORE_PATH): there is no");
    }

    @Test
    void listsForAllHaveCommasBetween() {
        FakeKeys keys = keys();
        keys.properties.put("flume.ssl.include.protocols", "TLSv1.2,TLSv1.3");
        keys.environment.put("FLUME_SSL_EXCLUDE_PROTOCOLS", "TLSv1.3,TLSv1.1");

        assertThat(engine(keys).getEnabledProtocols()).containsExactly("TLSv1.2");
    }

    @Test
    void protocolsAndCipherSuitesAreThoseOfTheLists() {
        FakeKeys keys = keys().set("include-protocols", "TLSv1.2 SSLv3")
                .set(
                        "include-cipher-suites",
                        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384")
                .set("exclude-cipher-suites", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 SSL_OF_YORE");
        SSLEngine engine = engine(keys);

        assertThat(engine.getEnabledProtocols()).containsExactly("TLSv1.2");
        assertThat(engine.getEnabledCipherSuites()).containsExactly("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
        assertThat(keys.notes)
                .containsExactly(
                        "include-protocols: SSLv3 is broken, and never offered",
                        "exclude-cipher-suites: SSL_OF_YORE has no effect: it is no cipher suite of this JDK");
    }

    @Test
    void withoutListsTheJdksDefaultsAreOffered() throws Exception {
        String[] jdks = javax.net.ssl.SSLContext.getDefault().createSSLEngine().getEnabledCipherSuites();

        assertThat(engine(keys()).getEnabledProtocols()).containsExactlyInAnyOrder("TLSv1.3", "TLSv1.2");
        assertThat(engine(keys()).getEnabledCipherSuites()).containsExactly(jdks);
    }

    @ParameterizedTest
    @CsvSource({
        "exclude-protocols, TLSv1.2 TLSv1.3, include-protocols, no protocol is left",
        "include-protocols, TLSv1, include-protocols, the JDK's security settings forbid TLSv1",
        "include-cipher-suites, TLS_NO_SUCH, include-cipher-suites, TLS_NO_SUCH is no cipher suite of this JDK",
        // an RSA key and a suite that needs one of an elliptic curve, under TLS 1.2
        "include-cipher-suites, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, keystore, nobody could shake hands",
    })
    void listsThatLeaveNothingAreFoundBeforeTheFirstPeerComes(String key, String value, String named, String what) {
        assertMistake(keys().set(key, value), named, what);
    }

    @Test
    void anExpiredCertificateIsUsedAndNoted() throws IOException {
        FakeKeys keys = keys().set("keystore", expired.store("JKS"));

        assertThat(keys.server()).isNotNull();
        assertThat(keys.notes).singleElement().asString().startsWith("keystore: its certificate has expired on 20");
    }

    @Test
    void whoAsksForCertificatesHasToSayWhomHeTrusts() throws IOException {
        assertMistake(keys().set("client-auth", "required"), "truststore", "missing");
        assertThat(keys().set("client-auth", "wanted")
                        .set("truststore", authority.trust("JKS"))
                        .server())
                .isNotNull();
    }

    @Test
    void theHostIsVerifiedUnlessThereIsATruststoreOrItIsSaid() throws IOException {
        Path trust = authority.trust("JKS");

        assertThat(new FakeKeys("ssl", "true").client().verifiesHost()).isTrue();
        FakeKeys own = new FakeKeys("ssl", "true", "truststore", trust);
        assertThat(own.client().verifiesHost()).isFalse();
        assertThat(own.notes)
                .containsExactly("verify-hostname: false, as in Flume, as there is a truststore; true is safer");
        assertThat(own.set("verify-hostname", "true").client().verifiesHost()).isTrue();
        assertThat(new FakeKeys("ssl", "true", "trust-all-certs", "true")
                        .client()
                        .verifiesHost())
                .isFalse();
        FakeKeys both = new FakeKeys("ssl", "true", "trust-all-certs", "true", "verify-hostname", "true");
        assertThat(both.client()).isNull();
        assertThat(both.problems).singleElement().asString().startsWith("verify-hostname: true with trust-all-certs");
    }

    @Test
    void aTruststoreWithoutCertificatesIsRefused() throws IOException {
        Path empty = Files.writeString(directory.resolve("empty.pem"), "nothing");
        FakeKeys keys = new FakeKeys("ssl", "true", "truststore", empty, "truststore-type", "PEM");

        assertThat(keys.client()).isNull();
        assertThat(keys.problems)
                .singleElement()
                .asString()
                .startsWith("truststore: " + empty + " holds no certificate");
    }

    @Test
    void aProgramGivesTheSameKeysAndIsToldAllMistakes() throws IOException {
        String trust = authority.trustPem().toString();

        assertThat(ClientTls.of(Map.of("truststore", trust, "truststore-type", "PEM", "verify-hostname", "true"))
                        .verifiesHost())
                .isTrue();
        assertThatThrownBy(() -> ClientTls.of(Map.of("truststore", "x", "verify-hostname", "so", "colour", "red")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("verify-hostname: so (expected: true or false)", "colour: no key of TLS");
    }

    private static SSLEngine engine(FakeKeys keys) {
        ServerTls tls = keys.server();
        assertThat(keys.problems).isEmpty();
        assertThat(tls).isNotNull();
        return tls.newEngine();
    }

    private static void assertMistake(FakeKeys keys, String key, String what) {
        keys.problems.clear();
        assertThat(keys.server()).isNull();
        assertThat(keys.problems)
                .singleElement()
                .asString()
                .startsWith(key + ": ")
                .contains(what)
                .doesNotContain("guess-work", PASSWORD);
        assertThat(List.of(keys.notes, Arrays.asList()))
                .noneMatch(note -> note.toString().contains(PASSWORD));
    }
}
