package org.millrace.testkit;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.concurrent.Callable;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * An authority of a test's own and the certificates that it signs, laid out as the files that components read. Keys are of the curve P-256,
 * which are made at once, where a test does not ask for RSA. All passwords are {@link #PASSWORD}. One thread.
 */
public final class TestCertificates {
    public static final String PASSWORD = "mill-race";

    private static final char[] CHARACTERS = PASSWORD.toCharArray();

    private final Path directory;
    private final X509Bundle authority;

    /** An authority whose files are to be in that directory. */
    public TestCertificates(Path directory) throws IOException {
        this(directory, "authority");
    }

    /** As {@link #TestCertificates(Path)}, under a name of its own, so that there can be two. */
    public TestCertificates(Path directory, String name) throws IOException {
        this.directory = Files.createDirectories(directory.resolve(name));
        this.authority = built(() -> new CertificateBuilder()
                .ecp256()
                .subject("CN=" + name)
                .setIsCertificateAuthority(true)
                .buildSelfSigned());
    }

    /** A certificate for localhost and 127.0.0.1, valid for a year from yesterday. */
    public Issued issue(String name) throws IOException {
        return issue(name, forThisHost().ecp256());
    }

    /** As {@link #issue}, with an RSA key of 2048 bits. */
    public Issued issueRsa(String name) throws IOException {
        return issue(name, forThisHost().rsa2048());
    }

    /** As {@link #issue}, for another host alone. */
    public Issued issueFor(String host) throws IOException {
        return issue(host, valid(-1, 365).addSanDnsName(host).ecp256());
    }

    /** As {@link #issue}, and expired five days ago. */
    public Issued issueExpired(String name) throws IOException {
        return issue(name, valid(-10, 5).addSanDnsName("localhost").ecp256());
    }

    private static CertificateBuilder forThisHost() {
        return valid(-1, 365).addSanDnsName("localhost").addSanIpAddress("127.0.0.1");
    }

    private static CertificateBuilder valid(int fromDay, int days) {
        Instant from = Instant.now().plus(Duration.ofDays(fromDay));
        return new CertificateBuilder().notBefore(from).notAfter(from.plus(Duration.ofDays(days)));
    }

    private Issued issue(String name, CertificateBuilder certificate) throws IOException {
        return new Issued(name, built(() -> certificate.subject("CN=" + name).buildIssuedBy(authority)));
    }

    /** The authority's certificate as a trust store of that type. */
    public Path trust(String type) throws IOException {
        return write(
                "trust." + type, type, store -> store.setCertificateEntry("authority", authority.getCertificate()));
    }

    /** The authority's certificate in PEM. */
    public Path trustPem() throws IOException {
        return Files.writeString(directory.resolve("trust.pem"), pem(authority.getCertificate()));
    }

    /** A key and its certificate. */
    public final class Issued {
        private final String name;
        private final X509Bundle bundle;

        private Issued(String name, X509Bundle bundle) {
            this.name = name;
            this.bundle = bundle;
        }

        /** A key store of that type. */
        public Path store(String type) throws IOException {
            return write(name + "." + type, type, store -> store.setKeyEntry(name, key(), CHARACTERS, chain()));
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

        public PrivateKey key() {
            return bundle.getKeyPair().getPrivate();
        }

        private X509Certificate[] chain() {
            return bundle.getCertificatePathWithRoot();
        }

        private String certificateText() throws IOException {
            return TestCertificates.pem(chain());
        }

        private String keyText() {
            return block("PRIVATE KEY", key().getEncoded());
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

    private static String pem(X509Certificate... certificates) throws IOException {
        StringBuilder text = new StringBuilder();
        try {
            for (X509Certificate certificate : certificates) {
                text.append(block("CERTIFICATE", certificate.getEncoded()));
            }
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
        return text.toString();
    }

    private static String block(String kind, byte[] der) {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + kind + "-----\n" + base64 + "\n-----END " + kind + "-----\n";
    }

    /** What the builder declares is an {@code Exception}, whatever it may be. */
    private static X509Bundle built(Callable<X509Bundle> building) throws IOException {
        try {
            return building.call();
        } catch (Exception e) {
            throw new IOException("no certificate could be made", e);
        }
    }
}
