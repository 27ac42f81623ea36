package org.millrace.tls;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.Key;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;

/** Private keys as PEM has them. */
final class PemTexts {
    private static final String ALGORITHM = "PBEWithHmacSHA256AndAES_256";
    private static final int ROUNDS = 1000;
    private static final byte[] PBES2 = HexFormat.of().parseHex("06092a864886f70d01050d");
    private static final int OCTETS = 4;
    private static final int SEQUENCE = 0x30;

    private PemTexts() {}

    /** As {@code openssl pkcs8 -topk8} makes it. */
    static String encrypted(Key key, String password) throws Exception {
        Cipher cipher = Cipher.getInstance(ALGORITHM);
        cipher.init(
                Cipher.ENCRYPT_MODE,
                SecretKeyFactory.getInstance(ALGORITHM).generateSecret(new PBEKeySpec(password.toCharArray())),
                new PBEParameterSpec(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}, ROUNDS));
        byte[] scheme = sequence(PBES2, cipher.getParameters().getEncoded());
        byte[] der = sequence(scheme, element(OCTETS, cipher.doFinal(key.getEncoded())));
        return "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(der)
                + "\n-----END ENCRYPTED PRIVATE KEY-----\n";
    }

    private static byte[] sequence(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return element(SEQUENCE, all.toByteArray());
    }

    /** With a length of two bytes, which DER would write shorter for short ones, and readers take. */
    private static byte[] element(int tag, byte[] content) {
        ByteBuffer element = ByteBuffer.allocate(4 + content.length);
        element.put((byte) tag)
                .put((byte) 0x82)
                .putShort((short) content.length)
                .put(content);
        return element.array();
    }
}
