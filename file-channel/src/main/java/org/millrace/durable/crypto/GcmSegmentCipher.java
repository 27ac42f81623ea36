package org.millrace.durable.crypto;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.millrace.durable.log.SegmentCipher;

/**
 * AES-256-GCM over the groups of one segment. The nonce is the group's LSN, which is unique under the segment's key: to seal two
 * groups with one nonce would give both away, so it is refused. One thread at a time.
 */
final class GcmSegmentCipher implements SegmentCipher {
    private static final int TAG_BYTES = 16;
    private static final int NONCE_BYTES = 12;

    private final SecretKey key;
    private final Cipher cipher;

    /** Only above it may be sealed. */
    private long lastSealedLsn;

    private GcmSegmentCipher(SecretKey key, long lastSealedLsn) throws GeneralSecurityException {
        this.key = key;
        this.cipher = Cipher.getInstance("AES/GCM/NoPadding");
        this.lastSealedLsn = lastSealedLsn;
    }

    /** Of a fresh segment. */
    static GcmSegmentCipher toWrite(SecretKey key) throws GeneralSecurityException {
        return new GcmSegmentCipher(key, -1);
    }

    /** Of a segment that has groups already, nobody remembers at which addresses: it does not seal. */
    static GcmSegmentCipher toRead(SecretKey key) throws GeneralSecurityException {
        return new GcmSegmentCipher(key, Long.MAX_VALUE);
    }

    @Override
    public int tagBytes() {
        return TAG_BYTES;
    }

    @Override
    public void seal(ByteBuffer header, ByteBuffer plain, ByteBuffer sealed, long lsn) {
        if (lsn <= lastSealedLsn) {
            throw new IllegalStateException("LSN " + lsn + " is not behind the one sealed last with this key");
        }
        lastSealedLsn = lsn;
        try {
            cipher.init(Cipher.ENCRYPT_MODE, key, nonce(lsn));
            cipher.updateAAD(header.duplicate());
            cipher.doFinal(plain, sealed);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("group at LSN " + lsn + " cannot be encrypted", e);
        }
    }

    @Override
    public boolean open(ByteBuffer header, ByteBuffer sealed, ByteBuffer plain, long lsn) {
        try {
            cipher.init(Cipher.DECRYPT_MODE, key, nonce(lsn));
            cipher.updateAAD(header.duplicate());
            cipher.doFinal(sealed, plain);
            return true;
        } catch (AEADBadTagException e) {
            return false;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("group at LSN " + lsn + " cannot be decrypted", e);
        }
    }

    private static GCMParameterSpec nonce(long lsn) {
        byte[] nonce = new byte[NONCE_BYTES];
        ByteBuffer.wrap(nonce).putLong(NONCE_BYTES - Long.BYTES, lsn);
        return new GCMParameterSpec(TAG_BYTES * Byte.SIZE, nonce);
    }
}
