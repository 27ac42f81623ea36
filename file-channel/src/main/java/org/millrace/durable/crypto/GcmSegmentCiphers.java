package org.millrace.durable.crypto;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.NoSuchAlgorithmException;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;
import org.millrace.durable.format.SegmentHeader;
import org.millrace.durable.log.SegmentCipher;
import org.millrace.durable.log.SegmentCiphers;

/**
 * A random AES-256 key for each segment. It stands in the segment's header, wrapped (RFC 3394) by a key of the key store, whose name
 * stands there too. Thread-safe.
 */
final class GcmSegmentCiphers implements SegmentCiphers {
    private static final int KEY_BITS = 256;
    private static final String WRAPPING = "AESWrap";

    private final Map<String, SecretKey> keys;
    private final @Nullable String activeKey;

    /**
     * @param keys by name; not changed any more
     * @param activeKey wraps those of fresh segments; null if there are to be none
     */
    GcmSegmentCiphers(Map<String, SecretKey> keys, @Nullable String activeKey) {
        this.keys = keys;
        this.activeKey = activeKey;
    }

    @Override
    public Fresh fresh() {
        SecretKey wrapping = activeKey == null ? null : keys.get(activeKey);
        if (activeKey == null || wrapping == null) {
            throw new IllegalStateException("these keys are to read with only");
        }
        try {
            SecretKey segmentKey = newKey();
            Cipher wrap = Cipher.getInstance(WRAPPING);
            wrap.init(Cipher.WRAP_MODE, wrapping);
            return new Fresh(GcmSegmentCipher.toWrite(segmentKey), activeKey, wrap.wrap(segmentKey));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no AES in this Java", e);
        }
    }

    private static SecretKey newKey() throws NoSuchAlgorithmException {
        KeyGenerator generator = KeyGenerator.getInstance("AES");
        generator.init(KEY_BITS);
        return generator.generateKey();
    }

    @Override
    public SegmentCipher of(SegmentHeader header) throws UnknownKeyException {
        SecretKey wrapping = keys.get(header.keyName());
        if (wrapping == null) {
            throw new UnknownKeyException("segment " + header.number() + " is encrypted with key " + header.keyName()
                    + ", which is not at hand (there: " + String.join(", ", keys.keySet()) + ")");
        }
        try {
            Cipher unwrap = Cipher.getInstance(WRAPPING);
            unwrap.init(Cipher.UNWRAP_MODE, wrapping);
            Key segmentKey = unwrap.unwrap(header.wrappedKey(), "AES", Cipher.SECRET_KEY);
            return GcmSegmentCipher.toRead((SecretKey) segmentKey);
        } catch (InvalidKeyException e) {
            throw new UnknownKeyException("segment " + header.number()
                    + " is encrypted with another key than the one called " + header.keyName() + " here");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no AES in this Java", e);
        }
    }
}
