package org.millrace.tls;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.Security;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.millrace.tls.Globals.Found;
import org.millrace.tls.Globals.Name;

/** Reads the keys that tell where a store is and how to open it. One thread. */
final class StoreKeys {
    static final StoreFile.Names KEYS = names("keystore");
    static final StoreFile.Names TRUST = names("truststore");

    private static final String DEFAULT_TYPE = "JKS";

    /** The same on every JDK, whatever else its providers can read. */
    private static final String TYPES = "PEM, JKS, PKCS12, JCEKS, or another type that the JDK has a provider of";

    private final KeyReader in;
    private final BiConsumer<String, String> problems;
    private final Optional<Globals> globals;
    private final StoreFile.Names names;
    private final boolean holdsKeys;

    /** @param globals what counts where a key is left out, if anything does */
    StoreKeys(KeyReader in, BiConsumer<String, String> problems, Optional<Globals> globals, StoreFile.Names names) {
        this.in = in;
        this.problems = problems;
        this.globals = globals;
        this.names = names;
        this.holdsKeys = names.equals(KEYS);
    }

    private static StoreFile.Names names(String store) {
        return new StoreFile.Names(store, store + "-password", store + "-type", store + "-private-key");
    }

    /**
     * Null if there is none, or it cannot be; the mistake is reported.
     *
     * @param meaning what is in it
     * @param isNeeded whether to have none is a mistake
     */
    @Nullable
    StoreFile read(String meaning, boolean isNeeded) {
        Found path = find(
                new KeyReader.Key(names.file(), "a path", null, "a file: " + meaning, false),
                holdsKeys ? Name.KEYSTORE : Name.TRUSTSTORE);
        Found password = find(
                new KeyReader.Key(names.password(), "a password", null, passwordMeaning(), true),
                holdsKeys ? Name.KEYSTORE_PASSWORD : Name.TRUSTSTORE_PASSWORD);
        Found type = find(
                new KeyReader.Key(names.type(), TYPES, DEFAULT_TYPE, typeMeaning(), false),
                holdsKeys ? Name.KEYSTORE_TYPE : Name.TRUSTSTORE_TYPE);
        Found privateKey = holdsKeys ? find(privateKeyKey(), null) : null;
        if (path == null || path.text().isEmpty()) {
            if (isNeeded) {
                problems.accept(names.file(), "missing (expected: a path)");
            }
            return null;
        }
        return store(path, password, type, privateKey);
    }

    private @Nullable StoreFile store(
            Found path, @Nullable Found password, @Nullable Found type, @Nullable Found privateKey) {
        String known = type(type);
        StoreFile.Located file = located(names.file(), path);
        StoreFile.Located key = privateKey == null ? null : located(names.privateKey(), privateKey);
        boolean isPem = StoreFile.PEM.equals(known);
        if (holdsKeys && !isPem && known != null && password == null) {
            problems.accept(names.password(), "missing (expected: a password)");
            return null;
        }
        if (!isPem && privateKey != null) {
            problems.accept(
                    names.privateKey(), privateKey.text() + " (expected: nothing, unless " + names.type() + " is PEM)");
            return null;
        }
        if (known == null || file == null || (privateKey != null && key == null)) {
            return null;
        }
        return new StoreFile(names, file, known, password == null ? null : new Password(password.text()), key);
    }

    /** As the JDK writes it. */
    private @Nullable String type(@Nullable Found found) {
        String text = found == null ? DEFAULT_TYPE : found.text();
        if (text.equalsIgnoreCase(StoreFile.PEM)) {
            return StoreFile.PEM;
        }
        for (String type : Security.getAlgorithms("KeyStore")) {
            if (type.equalsIgnoreCase(text)) {
                return type;
            }
        }
        problems.accept(names.type(), text + (found == null ? "" : of(found)) + " (expected: " + TYPES + ")");
        return null;
    }

    private StoreFile.@Nullable Located located(String key, Found found) {
        try {
            return new StoreFile.Located(Path.of(found.text()), found.origin().isEmpty() ? null : found.origin());
        } catch (InvalidPathException e) {
            problems.accept(key, found.text() + of(found) + " (expected: a path)");
            return null;
        }
    }

    private static String of(Found found) {
        return found.origin().isEmpty() ? "" : " of " + found.origin();
    }

    private KeyReader.Key privateKeyKey() {
        return new KeyReader.Key(
                names.privateKey(),
                "a path",
                names.file(),
                "PEM: the file of the private key, if it is not in the same one as the certificate",
                false);
    }

    private String typeMeaning() {
        return holdsKeys
                ? "its type; the JDK reads PKCS12 as JKS, too"
                : "its type; the JDK reads PKCS12 as JKS, too, and a PEM file has certificates one after another";
    }

    private String passwordMeaning() {
        return holdsKeys
                ? "its password, and its private key's; a PEM file has none unless the key is encrypted"
                : "its password; without one it is not checked whether a JKS store was changed";
    }

    /** The component's own, or the one for all; null without any. */
    private @Nullable Found find(KeyReader.Key key, @Nullable Name global) {
        String own = in.read(key);
        if (own != null) {
            return new Found(own, "");
        }
        return globals.isEmpty() || global == null ? null : globals.get().find(global);
    }
}
