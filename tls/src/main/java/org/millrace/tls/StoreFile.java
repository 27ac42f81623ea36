package org.millrace.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A key or trust store on the disk, and how to open it. Immutable; every {@link #loadKeys} and {@link #loadTrust} reads anew.
 *
 * @param names of the keys that told all this
 * @param type PEM, or one of the JDK's types
 * @param privateKey PEM: where the private key is, if not in the file; null if it is
 */
record StoreFile(
        Names names,
        Located file,
        String type,
        @Nullable Password password,
        @Nullable Located privateKey) {
    static final String PEM = "PEM";

    /** No store is larger: who names another file by mistake, or a device, is told. */
    private static final int MAX_BYTES = 16 << 20;

    private static final String ALIAS = "key";

    /** @param privateKey the key that may name another file for it */
    record Names(String file, String password, String type, String privateKey) {}

    /** @param origin what has named it, unless it was the component's own key; null if it was */
    record Located(Path path, @Nullable String origin) {
        @Override
        public String toString() {
            return origin == null ? path.toString() : path + " (of " + origin + ")";
        }
    }

    /** Opened: what a key manager is made of. */
    record Keys(KeyStore store, Password password, List<X509Certificate> certificates) {}

    List<Path> paths() {
        return Stream.of(file, privateKey)
                .filter(located -> located != null)
                .map(Located::path)
                .toList();
    }

    /** The private keys with their certificates, at least one. */
    Keys loadKeys() throws TlsException {
        KeyStore store = type.equals(PEM) ? pemKeys() : open();
        Password opening = password == null ? new Password("") : password;
        List<X509Certificate> certificates = new ArrayList<>();
        for (String alias : aliases(store)) {
            try {
                if (store.isKeyEntry(alias) && store.getKey(alias, opening.characters()) instanceof PrivateKey) {
                    certificates.add((X509Certificate) store.getCertificate(alias));
                }
            } catch (UnrecoverableKeyException e) {
                throw new TlsException(
                        names.password(),
                        "does not open the key " + alias + " in " + file
                                + " (expected: the password of both, store and key)");
            } catch (GeneralSecurityException e) {
                throw cannotBeRead(e);
            }
        }
        if (certificates.isEmpty()) {
            throw new TlsException(
                    names.file(),
                    file + " holds no private key (expected: one with its certificate; there: "
                            + String.join(", ", aliases(store)) + ")");
        }
        return new Keys(store, opening, certificates);
    }

    /** The certificates that are trusted, at least one. */
    KeyStore loadTrust() throws TlsException {
        KeyStore store = type.equals(PEM) ? pemTrust() : open();
        try {
            for (String alias : aliases(store)) {
                if (store.getCertificate(alias) != null) { // a private key's own certificate counts, too
                    return store;
                }
            }
        } catch (GeneralSecurityException e) {
            throw cannotBeRead(e);
        }
        throw new TlsException(
                names.file(),
                file + " holds no certificate to trust"
                        + (password == null ? " that is seen without a password (" + names.password() + ")" : ""));
    }

    private KeyStore open() throws TlsException {
        byte[] content = contentOf(file, names.file());
        char[] characters = password == null ? null : password.characters();
        try {
            KeyStore store = KeyStore.getInstance(type);
            store.load(new ByteArrayInputStream(content), characters);
            return store;
        } catch (IOException e) {
            if (e.getCause() instanceof UnrecoverableKeyException) {
                throw new TlsException(
                        names.password(), "does not open " + file + " (expected: the password of that store)");
            }
            throw new TlsException(
                    names.file(), file + " is damaged, or no store of the type " + type + hint(content), e);
        } catch (GeneralSecurityException e) {
            throw cannotBeRead(e);
        }
    }

    private String hint(byte[] content) {
        boolean looksLikePem = new String(content, StandardCharsets.ISO_8859_1).contains(PemFile.BEGIN);
        return looksLikePem ? " (it looks like " + names.type() + " = " + PEM + ")" : "";
    }

    private KeyStore pemKeys() throws TlsException {
        PemFile chain = pem(file, names.file());
        PemFile holder = privateKey == null ? chain : pem(privateKey, names.privateKey());
        Located where = privateKey == null ? file : privateKey;
        String key = privateKey == null ? names.file() : names.privateKey();
        if (chain.certificates().isEmpty()) {
            throw new TlsException(names.file(), file + " holds no CERTIFICATE (expected: that of the private key)");
        }
        if (!holder.hasKey()) {
            throw new TlsException(
                    key,
                    where + " holds no private key (expected: a PRIVATE KEY"
                            + (privateKey == null ? ", here or in the file of " + names.privateKey() + ")" : ")"));
        }
        if (holder.isKeyEncrypted() && password == null) {
            throw new TlsException(
                    names.password(), "missing (expected: the password of the private key in " + where + ")");
        }
        try {
            PrivateKey opened = holder.key(chain.certificates().get(0).getPublicKey(), password);
            KeyStore store = emptyStore();
            char[] characters = password == null ? new char[0] : password.characters();
            store.setKeyEntry(ALIAS, opened, characters, chain.certificates().toArray(new Certificate[0]));
            return store;
        } catch (InvalidKeyException e) {
            throw new TlsException(
                    names.password(), "does not open the private key in " + where + " (expected: that key's password)");
        } catch (GeneralSecurityException e) {
            throw new TlsException(key, String.valueOf(where), e);
        }
    }

    private KeyStore pemTrust() throws TlsException {
        try {
            KeyStore store = emptyStore();
            for (X509Certificate certificate : pem(file, names.file()).certificates()) {
                store.setCertificateEntry(ALIAS + store.size(), certificate);
            }
            return store;
        } catch (GeneralSecurityException e) {
            throw cannotBeRead(e);
        }
    }

    private static PemFile pem(Located located, String key) throws TlsException {
        try {
            return PemFile.parse(new String(contentOf(located, key), StandardCharsets.ISO_8859_1));
        } catch (GeneralSecurityException e) {
            throw new TlsException(key, String.valueOf(located), e);
        }
    }

    private static KeyStore emptyStore() throws GeneralSecurityException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            return store;
        } catch (IOException e) {
            throw new IllegalStateException("there is nothing to read", e);
        }
    }

    private List<String> aliases(KeyStore store) throws TlsException {
        try {
            return Collections.list(store.aliases()).stream().sorted().toList();
        } catch (GeneralSecurityException e) {
            throw cannotBeRead(e);
        }
    }

    private TlsException cannotBeRead(GeneralSecurityException e) {
        return new TlsException(names.file(), file + " cannot be read", e);
    }

    private static byte[] contentOf(Located located, String key) throws TlsException {
        try (InputStream in = Files.newInputStream(located.path())) {
            byte[] content = in.readNBytes(MAX_BYTES);
            if (content.length == MAX_BYTES) {
                throw new TlsException(key, located + " is larger than a store may be, " + MAX_BYTES + " bytes");
            }
            return content;
        } catch (NoSuchFileException e) {
            throw new TlsException(key, located + ": there is no such file (expected: a file that can be read)");
        } catch (IOException e) {
            throw new TlsException(
                    key, located + " cannot be read (" + e.getClass().getSimpleName() + ")", e);
        }
    }
}
