package org.millrace.durable.log;

import org.millrace.durable.format.SegmentHeader;

/** Encrypts segments, each with a key of its own. Thread-safe. */
public interface SegmentCiphers {
    /** A fresh key for a segment that is about to be used. */
    Fresh fresh();

    /**
     * The cipher of a segment that exists.
     *
     * @throws UnknownKeyException if its key is not at hand: nothing is wrong with the segment
     */
    SegmentCipher of(SegmentHeader header) throws UnknownKeyException;

    /** A cipher, and what the segment's header says of its key. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Fresh(SegmentCipher cipher, String keyName, byte[] wrappedKey) {}

    /** A segment is encrypted with a key that nobody has given us. */
    final class UnknownKeyException extends Exception {
        private static final long serialVersionUID = 1;

        public UnknownKeyException(String message) {
            super(message);
        }
    }
}
