package org.millrace.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * An authority of a test's own and the certificates that it signs, made by the running JDK's {@code keytool} and laid out as the files that
 * components read. All passwords are {@link #PASSWORD}. One thread.
 */
public final class TestCertificates {
    public static final String PASSWORD = "mill-race";

    private static final char[] CHARACTERS = PASSWORD.toCharArray();
    private static final String AUTHORITY = "authority";

    private final Path directory;
    private final Path all;

    /** An authority whose files are to be in that directory. */
    public TestCertificates(Path directory) throws IOException {
        this(directory, AUTHORITY);
    }

    /** As {@link #TestCertificates(Path)}, under a name of its own, so that there can be two. */
    public TestCertificates(Path directory, String name) throws IOException {
        this.directory = Files.createDirectories(directory.resolve(name));
        this.all = this.directory.resolve("all.p12");
        generate(AUTHORITY, List.of("-dname", "CN=" + name, "-ext", "bc:c"));
    }

    /** A certificate for localhost and 127.0.0.1, valid for a year from yesterday. */
    public Issued issue(String name) throws IOException {
        return issue(name, "-ext", "san=dns:localhost,ip:127.0.0.1", "-startdate", "-1d", "-validity", "365");
    }

    /** As {@link #issue(String)}, with the options of {@code keytool -genkeypair} that say otherwise. */
    public Issued issue(String name, String... options) throws IOException {
        List<String> signed = new ArrayList<>(List.of("-dname", "CN=" + name, "-signer", AUTHORITY));
        signed.addAll(List.of(options));
        generate(name, signed);
        return new Issued(name);
    }

    /** The authority's certificate as a trust store of that type. */
    public Path trust(String type) throws IOException {
        return write("trust." + type, type, store -> store.setCertificateEntry(AUTHORITY, certificates(AUTHORITY)[0]));
    }

    /** The authority's certificate in PEM. */
    public Path trustPem() throws IOException {
        return Files.writeString(directory.resolve("trust.pem"), pem(AUTHORITY));
    }

    /** A key and its certificate. */
    public final class Issued {
        private final String name;

        private Issued(String name) {
            this.name = name;
        }

        /** A key store of that type. */
        public Path store(String type) throws IOException {
            return write(
                    name + "." + type, type, store -> store.setKeyEntry(name, key(), CHARACTERS, certificates(name)));
        }

        /** The certificate, that of the authority behind it, and the private key behind both. */
        public Path pem() throws IOException {
            return Files.writeString(directory.resolve(name + ".pem"), certificateText() + keyText());
        }

        /** The same without the private key. */
        public Path certificatePem() throws IOException {
            return Files.writeString(directory.resolve(name + "-certificate.pem"), certificateText());
        }

        /** The private key alone. */
        public Path keyPem() throws IOException {
            return Files.writeString(directory.resolve(name + "-key.pem"), keyText());
        }

        /** A listening port of 127.0.0.1 that shows the certificate, and knows those of the same authority. */
        public SSLServerSocket listen() throws IOException {
            return (SSLServerSocket) context()
                    .getServerSocketFactory()
                    .createServerSocket(0, 50, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        }

        /** Shows the certificate, and trusts those of the same authority. */
        public SSLContext context() throws IOException {
            try {
                KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
                keys.init(KeyStore.getInstance(store("PKCS12").toFile(), CHARACTERS), CHARACTERS);
                TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
                trust.init(KeyStore.getInstance(trust("PKCS12").toFile(), CHARACTERS));
                SSLContext context = SSLContext.getInstance("TLS");
                context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
                return context;
            } catch (GeneralSecurityException e) {
                throw new IOException(e);
            }
        }

        public Key key() throws GeneralSecurityException, IOException {
            return opened().getKey(name, CHARACTERS);
        }

        private String certificateText() throws IOException {
            return TestCertificates.this.pem(name);
        }

        private String keyText() throws IOException {
            try {
                return block("PRIVATE KEY", key().getEncoded());
            } catch (GeneralSecurityException e) {
                throw new IOException(e);
            }
        }
    }

    private interface Fill {
        void fill(KeyStore store) throws GeneralSecurityException, IOException;
    }

    private Path write(String file, String type, Fill fill) throws IOException {
        Path path = directory.resolve(file);
        try (OutputStream out = Files.newOutputStream(path)) {
            KeyStore store = KeyStore.getInstance(type);
            store.load(null, null);
            fill.fill(store);
            store.store(out, CHARACTERS);
            return path;
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private String pem(String name) throws IOException {
        try {
            StringBuilder text = new StringBuilder();
            for (Certificate certificate : certificates(name)) {
                text.append(block("CERTIFICATE", certificate.getEncoded()));
            }
            return text.toString();
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static String block(String kind, byte[] der) {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + kind + "-----\n" + base64 + "\n-----END " + kind + "-----\n";
    }

    private Certificate[] certificates(String name) throws GeneralSecurityException, IOException {
        return opened().getCertificateChain(name);
    }

    private KeyStore opened() throws GeneralSecurityException, IOException {
        return KeyStore.getInstance(all.toFile(), CHARACTERS);
    }

    private void generate(String alias, List<String> options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                alias,
                "-keystore",
                all.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keyalg",
                "RSA",
                "-keysize",
                "2048"));
        command.addAll(options);
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        keytool.getOutputStream().close();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (keytool.waitFor() != 0) {
                throw new IOException("keytool " + options + ": " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while keytool ran", e);
        }
    }
}
