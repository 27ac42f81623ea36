package org.millrace.durable.crypto;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.millrace.api.Settings;
import org.millrace.api.StartException;
import org.millrace.durable.log.SegmentCiphers;

/**
 * How a channel is encrypted: Flume's {@code encryption.} keys, all of them or none. Reading them touches no file; {@link #open}
 * does. Immutable.
 *
 * <p>To rotate, add a key to the store and to {@code keys} and name it as {@code activeKey}: segments that are begun from the next
 * start on are encrypted with it. The old key stays in the list for as long as segments of its time are in use.
 */
public final class Encryption {
    static final String KEY_PROVIDER = "encryption.keyProvider";
    static final String ACTIVE_KEY = "encryption.activeKey";
    static final String CIPHER = "encryption.cipherProvider";
    static final String STORE_FILE = KEY_PROVIDER + ".keyStoreFile";
    static final String STORE_PASSWORD_FILE = KEY_PROVIDER + ".keyStorePasswordFile";
    static final String KEYS = KEY_PROVIDER + ".keys";

    private static final List<String> ALL =
            List.of(KEY_PROVIDER, ACTIVE_KEY, CIPHER, STORE_FILE, STORE_PASSWORD_FILE, KEYS);

    private static final String PROVIDER_EXPECTED = "JCEKSFILE: a key store file, JCEKS or PKCS12";
    private static final String CIPHER_EXPECTED = "AESCTRNOPADDING or AESGCM";

    /** What Flume takes for its key store provider, and for its cipher: a short name or a class. */
    private static final Set<String> PROVIDERS = Set.of(
            "jceksfile",
            "org.apache.flume.channel.file.encryption.jceksfilekeyprovider",
            "org.apache.flume.channel.file.encryption.jceksfilekeyprovider$builder");

    private static final Set<String> FLUME_CIPHERS = Set.of(
            "aesctrnopadding",
            "org.apache.flume.channel.file.encryption.aesctrnopaddingprovider",
            "org.apache.flume.channel.file.encryption.aesctrnopaddingprovider$builder");
    private static final String OUR_CIPHER = "aesgcm";

    private final KeyStoreFile store;
    private final List<String> keys;
    private final String activeKey;

    private Encryption(KeyStoreFile store, List<String> keys, String activeKey) {
        this.store = store;
        this.keys = keys;
        this.activeKey = activeKey;
    }

    /** So that all keys are known, should one be misspelt, and stand in the reference. */
    private static void define(Settings settings) {
        settings.define(
                KEY_PROVIDER,
                PROVIDER_EXPECTED,
                "where the keys are; the log is encrypted if there are any of these settings");
        settings.define(CIPHER, CIPHER_EXPECTED, "AESCTRNOPADDING, Flume's, means the same as AESGCM here");
        settings.define(STORE_FILE, "a path", "a key store, JCEKS or PKCS12");
        settings.define(STORE_PASSWORD_FILE, "a path", "a file with its password");
        settings.define(
                KEYS, "names separated by blanks", "names of keys in it: those that the log was and is written with");
        settings.define(ACTIVE_KEY, "one of " + KEYS, "the one for what is written from now on");
        settings.define(
                KEYS + ".<KEY>.passwordFile",
                "a path",
                "a file with the password of that key, if it is not the store's");
    }

    /** What a channel's settings say; null if it is not to be encrypted. What is wrong with them is reported to them. */
    public static @Nullable Encryption read(Settings settings) {
        define(settings);
        if (ALL.stream().noneMatch(settings::has)) {
            return null;
        }
        settings.value(KEY_PROVIDER, PROVIDER_EXPECTED, Encryption::provider, "")
                .required();
        String cipher = settings.value(CIPHER, CIPHER_EXPECTED, Encryption::cipher, OUR_CIPHER)
                .required();
        if (!cipher.equals(OUR_CIPHER)) {
            settings.note(CIPHER, "AES-256-GCM is used instead: it notices changes, too");
        }
        Path file = settings.path(STORE_FILE).required();
        Path passwordFile = settings.path(STORE_PASSWORD_FILE).required();
        List<String> keys = settings.words(KEYS).required();
        String activeKey = settings.value(ACTIVE_KEY, "one of " + KEYS, UnaryOperator.identity(), "")
                .required();
        if (!activeKey.isEmpty() && !keys.isEmpty() && !keys.contains(activeKey)) {
            settings.problem(
                    ACTIVE_KEY, activeKey + " (expected: one of " + KEYS + ": " + String.join(", ", keys) + ")");
        }
        KeyStoreFile store = new KeyStoreFile(
                new KeyStoreFile.Named(STORE_FILE, file),
                new KeyStoreFile.Named(STORE_PASSWORD_FILE, passwordFile),
                keyPasswords(settings, keys));
        return new Encryption(store, keys, activeKey);
    }

    private static Map<String, KeyStoreFile.Named> keyPasswords(Settings settings, List<String> keys) {
        Map<String, KeyStoreFile.Named> passwords = new TreeMap<>();
        for (String key : keys) {
            String setting = KEYS + "." + key + ".passwordFile";
            Path file = settings.path(setting).orNull();
            if (file != null) {
                passwords.put(key, new KeyStoreFile.Named(setting, file));
            }
        }
        return passwords;
    }

    private static String provider(String text) {
        return oneOf(PROVIDERS, text, "other key providers are not supported");
    }

    private static String cipher(String text) {
        String name = text.toLowerCase(Locale.ROOT);
        return name.equals(OUR_CIPHER) ? name : oneOf(FLUME_CIPHERS, text, "other ciphers are not supported");
    }

    private static String oneOf(Set<String> names, String text, String otherwise) {
        String name = text.toLowerCase(Locale.ROOT);
        if (!names.contains(name)) {
            throw new IllegalArgumentException(otherwise);
        }
        return name;
    }

    /**
     * Reads the keys out of the store.
     *
     * @throws StartException if one is missing or does not fit; the message names the setting and the file
     */
    public SegmentCiphers open() throws StartException {
        return new GcmSegmentCiphers(store.read(keys), activeKey);
    }

    /**
     * For who reads only: every AES key that the store's password opens, or a password of its own.
     *
     * @param keyPasswordFiles by the key's name; may be empty
     * @throws StartException as {@link #open}
     */
    public static SegmentCiphers openToRead(Path storeFile, Path passwordFile, Map<String, Path> keyPasswordFiles)
            throws StartException {
        Map<String, KeyStoreFile.Named> passwords = new TreeMap<>();
        keyPasswordFiles.forEach(
                (key, file) -> passwords.put(key, new KeyStoreFile.Named("password of key " + key, file)));
        KeyStoreFile store = new KeyStoreFile(
                new KeyStoreFile.Named("key store", storeFile),
                new KeyStoreFile.Named("key store password", passwordFile),
                passwords);
        return new GcmSegmentCiphers(store.readAll(), null);
    }
}
