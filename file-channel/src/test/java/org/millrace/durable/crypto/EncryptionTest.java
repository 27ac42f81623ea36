package org.millrace.durable.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.api.Settings;
import org.millrace.api.StartException;
import org.millrace.durable.format.SegmentHeader;
import org.millrace.durable.log.SegmentCiphers;

class EncryptionTest {
    @TempDir
    private Path directory;

    private final Map<String, String> lines = new HashMap<>();
    private final List<String> told = new ArrayList<>();
    private Path store;
    private Path password;

    @BeforeEach
    void aChannelThatFlumeWouldEncrypt() throws IOException, GeneralSecurityException {
        store = KeyStores.aes(directory, "JCEKS", "key-0", "key-1");
        password = directory.resolve("password");
        lines.put("encryption.activeKey", "key-0");
        lines.put("encryption.cipherProvider", "AESCTRNOPADDING");
        lines.put("encryption.keyProvider", "JCEKSFILE");
        lines.put("encryption.keyProvider.keyStoreFile", store.toString());
        lines.put("encryption.keyProvider.keyStorePasswordFile", password.toString());
        lines.put("encryption.keyProvider.keys", "key-0 key-1");
    }

    @Test
    void withoutItsKeysAChannelIsNotEncrypted() {
        assertThat(Encryption.read(settings(Map.of("capacity", "10")))).isNull();
        assertThat(told).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "encryption.activeKey",
                "encryption.cipherProvider",
                "encryption.keyProvider",
                "encryption.keyProvider.keyStoreFile",
                "encryption.keyProvider.keyStorePasswordFile",
                "encryption.keyProvider.keys"
            })
    void toLeaveOneOfThemOutIsAMistake(String key) {
        lines.remove(key);
        Encryption.read(settings(lines));
        assertThat(mistakes()).singleElement().asString().startsWith(key + ": missing");
    }

    @Test
    void flumesSettingsWorkUnchangedWithOneNote() throws Exception {
        Encryption.read(settings(lines)).open();
        assertThat(told)
                .containsExactly(
                        "note encryption.cipherProvider: AES-256-GCM is used instead: it notices changes, too");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "org.apache.flume.channel.file.encryption.JCEKSFileKeyProvider",
                "org.apache.flume.channel.file.encryption.JCEKSFileKeyProvider$Builder",
                "jceksfile"
            })
    void flumesOwnProviderMayBeNamedByItsClass(String name) {
        lines.put("encryption.keyProvider", name);
        Encryption.read(settings(lines));
        assertThat(mistakes()).isEmpty();
    }

    @Test
    void aProviderOfOnesOwnIsRefusedWithWhatThereIs() {
        lines.put("encryption.keyProvider", "com.example.Vault$Builder");
        Encryption.read(settings(lines));
        assertThat(mistakes())
                .containsExactly(
                        "encryption.keyProvider: com.example.Vault$Builder (expected: JCEKSFILE: a key store file,"
                                + " JCEKS or PKCS12; other key providers are not supported)");
    }

    @Test
    void anUnknownCipherIsRefused() {
        lines.put("encryption.cipherProvider", "ROT13");
        Encryption.read(settings(lines));
        assertThat(mistakes())
                .containsExactly(
                        "encryption.cipherProvider: ROT13 (expected: AESCTRNOPADDING or AESGCM; other ciphers are not"
                                + " supported)");
    }

    @Test
    void theActiveKeyIsOneOfTheKeys() {
        lines.put("encryption.activeKey", "key-9");
        Encryption.read(settings(lines));
        assertThat(mistakes())
                .containsExactly(
                        "encryption.activeKey: key-9 (expected: one of encryption.keyProvider.keys: key-0, key-1)");
    }

    @Test
    void settingsAreReadWithoutAnyFile() throws IOException {
        Files.delete(store);
        Files.delete(password);
        assertThat(Encryption.read(settings(lines))).isNotNull();
        assertThat(mistakes()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"JCEKS", "PKCS12"})
    void whatOneStartEncryptsTheNextOneReads(String type) throws Exception {
        KeyStores.aes(directory, type, "key-0", "key-1");
        SegmentCiphers.Fresh fresh = open().fresh();
        ByteBuffer sealed = ByteBuffer.allocate(100);
        fresh.cipher().seal(header(), ByteBuffer.wrap(new byte[] {1, 2, 3}), sealed, 4096);

        ByteBuffer plain = ByteBuffer.allocate(3);
        boolean good = open().of(segment(fresh)).open(header(), sealed.flip(), plain, 4096);

        assertThat(good).isTrue();
        assertThat(plain.array()).containsExactly(1, 2, 3);
    }

    @Test
    void afterARotationOldSegmentsAreReadWithTheOldKeyAndNewOnesHaveTheNewOne() throws Exception {
        SegmentCiphers.Fresh old = open().fresh();
        lines.put("encryption.activeKey", "key-1");
        SegmentCiphers rotated = open();
        assertThat(old.keyName()).isEqualTo("key-0");
        assertThat(rotated.fresh().keyName()).isEqualTo("key-1");
        assertThat(rotated.of(segment(old))).isNotNull();
    }

    @Test
    void aKeyThatIsNotAtHandIsNamed() throws Exception {
        SegmentCiphers.Fresh old = open().fresh();
        lines.put("encryption.activeKey", "key-1");
        lines.put("encryption.keyProvider.keys", "key-1");
        assertThatThrownBy(() -> open().of(segment(old)))
                .isInstanceOf(SegmentCiphers.UnknownKeyException.class)
                .hasMessage("segment 7 is encrypted with key key-0, which is not at hand (there: key-1)");
    }

    @Test
    void anotherKeyOfTheSameNameIsNoticed() throws Exception {
        SegmentCiphers.Fresh old = open().fresh();
        KeyStores.write(directory, "JCEKS", Map.of("key-0", KeyStores.key("AES", 16, 99)), Map.of());
        lines.put("encryption.keyProvider.keys", "key-0");
        assertThatThrownBy(() -> open().of(segment(old)))
                .isInstanceOf(SegmentCiphers.UnknownKeyException.class)
                .hasMessage("segment 7 is encrypted with another key than the one called key-0 here");
    }

    @Test
    void eachSegmentHasAKeyOfItsOwn() throws Exception {
        SegmentCiphers ciphers = open();
        assertThat(ciphers.fresh().wrappedKey()).isNotEqualTo(ciphers.fresh().wrappedKey());
    }

    @Test
    void aKeyMayHaveAPasswordOfItsOwn() throws Exception {
        KeyStores.write(directory, "JCEKS", Map.of("key-0", KeyStores.key("AES", 32, 1)), Map.of("key-0", "own"));
        Path own = Files.writeString(directory.resolve("own"), "own\n");
        lines.put("encryption.keyProvider.keys", "key-0");
        lines.put("encryption.keyProvider.keys.key-0.passwordFile", own.toString());
        assertThat(open().fresh().keyName()).isEqualTo("key-0");

        Files.writeString(own, "wrong");
        assertThatThrownBy(this::open)
                .isInstanceOf(StartException.class)
                .hasMessage("encryption.keyProvider.keys.key-0.passwordFile: " + own
                        + ": the password does not open key key-0 of " + store);
    }

    @Test
    void whatIsWrongWithTheStoreIsSaidWithTheSettingAndTheFile() throws Exception {
        Files.writeString(password, "wrong");
        assertRefused("keyStoreFile: " + store + ": is not opened by the password in " + password);

        Files.writeString(store, "certainly no key store");
        assertRefused("keyStoreFile: " + store + ": is no key store of the types JCEKS and PKCS12");

        Files.delete(store);
        assertRefused("keyStoreFile: " + store + ": there is no such file");

        KeyStores.aes(directory, "JCEKS", "key-0");
        assertRefused("keyStoreFile: " + store + ": holds no secret key key-1 (there: key-0)");

        Files.delete(password);
        assertRefused("keyStorePasswordFile: " + password + ": there is no such file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"JCEKS", "PKCS12"})
    void aWrongPasswordIsNotTakenForDamage(String type) throws Exception {
        KeyStores.aes(directory, type, "key-0", "key-1");
        Files.writeString(password, "wrong");
        assertRefused("is not opened by the password in " + password);
    }

    @Test
    void aKeyThatIsNoAesKeyIsRefusedWithItsKindAndLength() throws Exception {
        KeyStores.write(directory, "JCEKS", Map.of("key-0", KeyStores.key("DESede", 24, 1)), Map.of());
        lines.put("encryption.keyProvider.keys", "key-0");
        assertRefused("key key-0 is DESede of 192 bits (expected: AES of 128, 192 or 256 bits)");

        KeyStores.write(directory, "JCEKS", Map.of("key-0", KeyStores.key("AES", 20, 1)), Map.of());
        assertRefused("key key-0 is AES of 160 bits (expected: AES of 128, 192 or 256 bits)");
    }

    @Test
    void nothingSecretIsInMessages() throws Exception {
        Files.writeString(password, "wrong-secret");
        assertThatThrownBy(this::open).satisfies(e -> assertThat(e.toString()).doesNotContain("secret"));
    }

    @Test
    void whoReadsOnlyNeedsNoNamesOfKeys() throws Exception {
        SegmentCiphers.Fresh fresh = open().fresh();
        SegmentCiphers toRead = Encryption.openToRead(store, password, Map.of());
        assertThat(toRead.of(segment(fresh))).isNotNull();
        assertThatThrownBy(toRead::fresh).isInstanceOf(IllegalStateException.class);
    }

    private void assertRefused(String why) {
        assertThatThrownBy(this::open).isInstanceOf(StartException.class).hasMessageContaining(why);
    }

    private SegmentCiphers open() throws StartException {
        return Encryption.read(settings(lines)).open();
    }

    private static ByteBuffer header() {
        return ByteBuffer.wrap("a header".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }

    private static SegmentHeader segment(SegmentCiphers.Fresh fresh) {
        return new SegmentHeader(1, new UUID(1, 2), 7, 65536, 0, 0, fresh.keyName(), fresh.wrappedKey());
    }

    private List<String> mistakes() {
        return told.stream().filter(line -> !line.startsWith("note ")).toList();
    }

    private Settings settings(Map<String, String> values) {
        return new Settings(values, new Settings.Problems() {
            @Override
            public void problem(String key, String message) {
                told.add(key + ": " + message);
            }

            @Override
            public void note(String key, String message) {
                told.add("note " + key + ": " + message);
            }
        });
    }
}
