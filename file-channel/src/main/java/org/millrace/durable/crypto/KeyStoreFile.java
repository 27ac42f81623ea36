package org.millrace.durable.crypto;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.UnrecoverableKeyException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;
import org.millrace.api.StartException;

/**
 * A key store of secret keys and the files of its passwords, as for Flume: passwords stand in files, blanks around them do not count,
 * and a key without a password of its own has the store's.
 *
 * @param store JCEKS or PKCS12
 * @param password of the store
 * @param keyPasswords by key
 */
record KeyStoreFile(Named store, Named password, Map<String, Named> keyPasswords) {
    private static final int JCEKS_MAGIC = 0xCECECECE;
    private static final byte PKCS12_TAG = 0x30; // a DER sequence

    /** A file, and what named it, for messages. */
    record Named(String setting, Path file) {
        StartException refused(String why) {
            return new StartException(setting + ": " + file + ": " + why);
        }

        StartException refused(String why, Exception cause) {
            return new StartException(setting + ": " + file + ": " + why, cause);
        }
    }

    /** The named keys; names do not differ by case alone, as in a store. */
    Map<String, SecretKey> read(List<String> names) throws StartException {
        KeyStore opened = open();
        Map<String, SecretKey> keys = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String name : names) {
            SecretKey key = key(opened, name);
            if (key == null) {
                throw store.refused(
                        "holds no secret key " + name + " (there: " + String.join(", ", aliases(opened)) + ")");
            }
            keys.put(name, key);
        }
        return keys;
    }

    /** All secret keys there are. */
    Map<String, SecretKey> readAll() throws StartException {
        KeyStore opened = open();
        Map<String, SecretKey> keys = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String name : aliases(opened)) {
            SecretKey key = key(opened, name);
            if (key != null) {
                keys.put(name, key);
            }
        }
        if (keys.isEmpty()) {
            throw store.refused("holds no secret key");
        }
        return keys;
    }

    private KeyStore open() throws StartException {
        byte[] content = contentOf(store);
        char[] storePassword = passwordIn(password);
        try {
            KeyStore opened = KeyStore.getInstance(type(content));
            opened.load(new ByteArrayInputStream(content), storePassword);
            return opened;
        } catch (IOException e) {
            if (e.getCause() instanceof UnrecoverableKeyException) {
                throw store.refused(
                        "is not opened by the password in " + password.file() + " (" + password.setting() + ")");
            }
            throw store.refused("is damaged, or no key store", e);
        } catch (GeneralSecurityException e) {
            throw store.refused("cannot be read", e);
        } finally {
            Arrays.fill(storePassword, '\0');
        }
    }

    private String type(byte[] content) throws StartException {
        if (content.length >= Integer.BYTES && ByteBuffer.wrap(content).getInt() == JCEKS_MAGIC) {
            return "JCEKS";
        }
        if (content.length > 0 && content[0] == PKCS12_TAG) {
            return "PKCS12";
        }
        throw store.refused("is no key store of the types JCEKS and PKCS12");
    }

    private @Nullable SecretKey key(KeyStore opened, String name) throws StartException {
        Named keyPassword = keyPasswords.getOrDefault(name, password);
        char[] characters = passwordIn(keyPassword);
        try {
            Key key = opened.getKey(name, characters);
            return key instanceof SecretKey secret ? checked(name, secret) : null;
        } catch (UnrecoverableKeyException e) {
            throw keyPassword.refused("the password does not open key " + name + " of " + store.file());
        } catch (GeneralSecurityException e) {
            throw store.refused("key " + name + " cannot be read", e);
        } finally {
            Arrays.fill(characters, '\0');
        }
    }

    private SecretKey checked(String name, SecretKey key) throws StartException {
        byte[] encoded = key.getEncoded();
        int bits = encoded == null ? 0 : encoded.length * Byte.SIZE;
        if (!key.getAlgorithm().equals("AES") || (bits != 128 && bits != 192 && bits != 256)) {
            throw store.refused("key " + name + " is " + key.getAlgorithm() + " of " + bits
                    + " bits (expected: AES of 128, 192 or 256 bits)");
        }
        return key;
    }

    private List<String> aliases(KeyStore opened) throws StartException {
        try {
            return Collections.list(opened.aliases()).stream().sorted().toList();
        } catch (GeneralSecurityException e) {
            throw store.refused("cannot be read", e);
        }
    }

    private static char[] passwordIn(Named file) throws StartException {
        return new String(contentOf(file), StandardCharsets.UTF_8).trim().toCharArray();
    }

    private static byte[] contentOf(Named named) throws StartException {
        try {
            return Files.readAllBytes(named.file());
        } catch (NoSuchFileException e) {
            throw named.refused("there is no such file");
        } catch (IOException e) {
            throw named.refused("cannot be read", e);
        }
    }
}
