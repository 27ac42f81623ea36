package org.millrace.durable.crypto;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.spec.SecretKeySpec;

/** Makes key stores as {@code keytool} does, and their password files. */
public final class KeyStores {
    public static final String STORE_PASSWORD = "store-secret";

    private KeyStores() {}

    /** A store of AES keys, all with the store's password, in a directory that gets {@code keys} and {@code password} too. */
    public static Path aes(Path directory, String type, String... names) throws IOException, GeneralSecurityException {
        Map<String, SecretKeySpec> keys = new TreeMap<>();
        for (String name : names) {
            keys.put(name, key("AES", 16, name.hashCode()));
        }
        return write(directory, type, keys, Map.of());
    }

    /** @param passwords of keys that have one of their own */
    static Path write(Path directory, String type, Map<String, SecretKeySpec> keys, Map<String, String> passwords)
            throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(type);
        store.load(null, null);
        for (Map.Entry<String, SecretKeySpec> key : keys.entrySet()) {
            String password = passwords.getOrDefault(key.getKey(), STORE_PASSWORD);
            store.setEntry(
                    key.getKey(),
                    new KeyStore.SecretKeyEntry(key.getValue()),
                    new KeyStore.PasswordProtection(password.toCharArray()));
        }
        Path file = directory.resolve("keys");
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, STORE_PASSWORD.toCharArray());
        }
        Files.writeString(directory.resolve("password"), "  " + STORE_PASSWORD + "\n"); // as an editor leaves it
        return file;
    }

    static SecretKeySpec key(String algorithm, int bytes, int seed) {
        byte[] key = new byte[bytes];
        Arrays.fill(key, (byte) seed);
        return new SecretKeySpec(key, algorithm);
    }
}
