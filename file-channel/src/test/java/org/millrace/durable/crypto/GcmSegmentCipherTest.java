package org.millrace.durable.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HashSet;
import java.util.Set;
import javax.crypto.SecretKey;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GcmSegmentCipherTest {
    private static final byte[] HEADER = "a group's header, 64 bytes of it".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TEXT = "events, one after another".getBytes(StandardCharsets.US_ASCII);
    private static final long LSN = (9L << 40) + 4096;

    private final SecretKey key = KeyStores.key("AES", 32, 5);
    private GcmSegmentCipher writer;
    private GcmSegmentCipher reader;

    @BeforeEach
    void twoOfOneSegment() throws GeneralSecurityException {
        writer = GcmSegmentCipher.toWrite(key);
        reader = GcmSegmentCipher.toRead(key);
    }

    @Test
    void whatIsSealedIsOpenedAndLongerByTheTag() {
        byte[] sealed = seal(LSN);
        assertThat(sealed).hasSize(TEXT.length + writer.tagBytes());
        assertThat(new String(sealed, StandardCharsets.ISO_8859_1)).doesNotContain("events");
        ByteBuffer plain = ByteBuffer.allocate(TEXT.length);
        assertThat(reader.open(ByteBuffer.wrap(HEADER), ByteBuffer.wrap(sealed), plain, LSN))
                .isTrue();
        assertThat(plain.array()).isEqualTo(TEXT);
    }

    @ParameterizedTest(name = "direct: {0}")
    @ValueSource(booleans = {true, false})
    void buffersMoveAsSaidWhereverTheyAre(boolean direct) {
        ByteBuffer header = copy(HEADER, direct);
        ByteBuffer plain = copy(TEXT, direct);
        ByteBuffer sealed = direct ? ByteBuffer.allocateDirect(100) : ByteBuffer.allocate(100);
        writer.seal(header, plain, sealed.position(10), LSN);
        assertThat(header.position()).isZero();
        assertThat(plain.remaining()).isZero();
        assertThat(sealed.position()).isEqualTo(10 + TEXT.length + writer.tagBytes());

        ByteBuffer opened = direct ? ByteBuffer.allocateDirect(TEXT.length) : ByteBuffer.allocate(TEXT.length);
        assertThat(reader.open(header, sealed.flip().position(10), opened, LSN)).isTrue();
        assertThat(opened.flip()).isEqualTo(ByteBuffer.wrap(TEXT));
        assertThat(header.position()).isZero();
    }

    @Test
    void aChangeOfAnyByteIsNoticed() {
        byte[] sealed = seal(LSN);
        for (int at = 0; at < sealed.length; at++) { // text and tag
            assertThat(opens(HEADER, changed(sealed, at), LSN))
                    .as("byte %d", at)
                    .isFalse();
        }
        for (int at = 0; at < HEADER.length; at++) {
            assertThat(opens(changed(HEADER, at), sealed, LSN))
                    .as("header's byte %d", at)
                    .isFalse();
        }
        assertThat(opens(HEADER, sealed, LSN)).isTrue();
    }

    @Test
    void aGroupIsNotTakenForTheOneOfAnotherAddressOrSegment() throws GeneralSecurityException {
        byte[] sealed = seal(LSN);
        assertThat(opens(HEADER, sealed, LSN + 4096)).isFalse();
        reader = GcmSegmentCipher.toRead(KeyStores.key("AES", 32, 6));
        assertThat(opens(HEADER, sealed, LSN)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 17})
    void whatIsCutShortIsNotOpened(int length) {
        assertThat(opens(HEADER, java.util.Arrays.copyOf(seal(LSN), length), LSN))
                .isFalse();
    }

    @Test
    void twoGroupsNeverShareANonce() {
        seal(LSN);
        assertThatThrownBy(() -> seal(LSN)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> seal(LSN - 4096)).isInstanceOf(IllegalStateException.class);
        Set<String> keyStreams = new HashSet<>(); // the same text under the same nonce would look the same
        for (int group = 1; group <= 100; group++) {
            keyStreams.add(
                    new String(seal(LSN + group * 4096L), StandardCharsets.ISO_8859_1).substring(0, TEXT.length));
        }
        assertThat(keyStreams).hasSize(100);
    }

    @Test
    void aSegmentThatWasReadBackIsNotWrittenTo() {
        assertThatThrownBy(
                        () -> reader.seal(ByteBuffer.wrap(HEADER), ByteBuffer.wrap(TEXT), ByteBuffer.allocate(99), LSN))
                .isInstanceOf(IllegalStateException.class);
    }

    private byte[] seal(long lsn) {
        ByteBuffer sealed = ByteBuffer.allocate(TEXT.length + writer.tagBytes());
        writer.seal(ByteBuffer.wrap(HEADER), ByteBuffer.wrap(TEXT), sealed, lsn);
        return sealed.array();
    }

    private boolean opens(byte[] header, byte[] sealed, long lsn) {
        return reader.open(ByteBuffer.wrap(header), ByteBuffer.wrap(sealed), ByteBuffer.allocate(TEXT.length), lsn);
    }

    private static byte[] changed(byte[] bytes, int at) {
        byte[] changed = bytes.clone();
        changed[at] ^= 1;
        return changed;
    }

    private static ByteBuffer copy(byte[] bytes, boolean direct) {
        return (direct ? ByteBuffer.allocateDirect(bytes.length) : ByteBuffer.allocate(bytes.length))
                .put(bytes)
                .flip();
    }
}
