package org.millrace.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;

/** What a PEM file holds: certificates, and perhaps a private key in PKCS#8. Text around the blocks does not count. */
final class PemFile {
    static final String BEGIN = "-----BEGIN ";

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----\\s+([A-Za-z0-9+/=\\s]+?)-----END \\1-----");
    private static final String PBES2 = "1.2.840.113549.1.5.13";
    private static final byte[] PROOF = {42};

    private final List<X509Certificate> certificates = new ArrayList<>();
    private @Nullable Block key;

    private static final class Block {
        private final String kind;
        private final byte[] der;

        Block(String kind, byte[] der) {
            this.kind = kind;
            this.der = der;
        }

        String kind() {
            return kind;
        }

        /** Lent. */
        byte[] der() {
            return der;
        }
    }

    private PemFile() {}

    /** @throws GeneralSecurityException if a block makes no sense; its message is for the user */
    static PemFile parse(String text) throws GeneralSecurityException {
        PemFile file = new PemFile();
        Matcher blocks = BLOCK.matcher(text);
        while (blocks.find()) {
            file.add(new Block(blocks.group(1), decoded(blocks.group(1), blocks.group(2))));
        }
        return file;
    }

    private static byte[] decoded(String kind, String base64) throws GeneralSecurityException {
        try {
            return Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new GeneralSecurityException("the block " + kind + " is not in base 64", e);
        }
    }

    private void add(Block block) throws GeneralSecurityException {
        switch (block.kind()) {
            case "CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE" -> certificates.add(certificate(block));
            case "PRIVATE KEY", "ENCRYPTED PRIVATE KEY" -> {
                if (key != null) {
                    throw new GeneralSecurityException("it holds two private keys (expected: one)");
                }
                key = block;
            }
            case "RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY" ->
                throw new GeneralSecurityException("it holds an " + block.kind()
                        + " (expected: PRIVATE KEY, which is PKCS#8: openssl pkcs8 -topk8 makes one of it)");
            default -> {
                // such as parameters, which nobody needs
            }
        }
    }

    private static X509Certificate certificate(Block block) throws CertificateException {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(block.der()));
    }

    /** In the file's order: the holder's first, if there is a key. */
    List<X509Certificate> certificates() {
        return certificates;
    }

    boolean hasKey() {
        return key != null;
    }

    boolean isKeyEncrypted() {
        return key != null && key.kind().startsWith("ENCRYPTED");
    }

    /**
     * The private key.
     *
     * @param holder whose it is
     * @throws InvalidKeyException if the password does not open it
     * @throws GeneralSecurityException if it cannot be read, or is another's; the message is for the user
     */
    PrivateKey key(PublicKey holder, @Nullable Password password) throws GeneralSecurityException {
        Block block = key;
        if (block == null) {
            throw new GeneralSecurityException("it holds no PRIVATE KEY");
        }
        PKCS8EncodedKeySpec encoded =
                isKeyEncrypted() ? decrypted(block.der(), password) : new PKCS8EncodedKeySpec(block.der());
        try {
            PrivateKey read = KeyFactory.getInstance(holder.getAlgorithm()).generatePrivate(encoded);
            if (!belongTogether(read, holder)) {
                throw new GeneralSecurityException("its private key is not that of the first certificate");
            }
            return read;
        } catch (GeneralSecurityException e) {
            throw e.getClass() == GeneralSecurityException.class
                    ? e
                    : new GeneralSecurityException(
                            "its private key is not that of the first certificate, which is of the kind "
                                    + holder.getAlgorithm(),
                            e);
        }
    }

    private static PKCS8EncodedKeySpec decrypted(byte[] der, @Nullable Password password)
            throws GeneralSecurityException {
        try {
            EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(der);
            String algorithm = algorithm(info);
            PBEKeySpec spec = new PBEKeySpec(password == null ? new char[0] : password.characters());
            SecretKey opener = SecretKeyFactory.getInstance(algorithm).generateSecret(spec);
            Cipher cipher = Cipher.getInstance(algorithm);
            cipher.init(Cipher.DECRYPT_MODE, opener, info.getAlgParameters());
            return info.getKeySpec(cipher);
        } catch (IOException e) {
            throw new GeneralSecurityException(
                    "its encrypted private key is not encrypted with AES (openssl pkcs8 -topk8 -v2 aes256 makes such a one)",
                    e);
        } catch (InvalidKeyException e) {
            throw e;
        } catch (GeneralSecurityException e) {
            throw new InvalidKeyException("the password does not open its private key", e);
        }
    }

    /** The JDK knows the schemes of PKCS#5 version 2 by their parts, which stand in the parameters. */
    private static String algorithm(EncryptedPrivateKeyInfo info) {
        AlgorithmParameters parameters = info.getAlgParameters();
        boolean isSecondVersion =
                info.getAlgName().equals(PBES2) || info.getAlgName().equals("PBES2");
        return isSecondVersion && parameters != null ? parameters.toString() : info.getAlgName();
    }

    private static boolean belongTogether(PrivateKey key, PublicKey holder) throws GeneralSecurityException {
        if (holder.getAlgorithm().equals("RSASSA-PSS")) {
            return true; // whose signatures need more than the keys; the handshake tells
        }
        Signature signature = Signature.getInstance(
                switch (holder.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    case "DSA" -> "SHA256withDSA";
                    default -> holder.getAlgorithm(); // those of Edwards curves sign under their own name
                });
        signature.initSign(key);
        signature.update(PROOF);
        byte[] proof = signature.sign();
        signature.initVerify(holder);
        signature.update(PROOF);
        return signature.verify(proof);
    }
}
