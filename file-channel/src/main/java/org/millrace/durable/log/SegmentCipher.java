package org.millrace.durable.log;

import java.nio.ByteBuffer;

/** Encrypts and decrypts the groups of one segment, authenticating them and their headers. One thread at a time. */
public interface SegmentCipher {
    /** Bytes that the encrypted form is longer. */
    int tagBytes();

    /**
     * @param header the group's header, as it will be written; its indices stay
     * @param plain what is to be encrypted; its position moves to its limit
     * @param sealed where the encrypted form goes, behind its position; longer by the tag
     * @param lsn of the group: the same one is never used twice with different content in one segment
     */
    void seal(ByteBuffer header, ByteBuffer plain, ByteBuffer sealed, long lsn);

    /** The reverse. False if it is not what {@link #seal} wrote with this header: then {@code plain} holds nothing to be used. */
    boolean open(ByteBuffer header, ByteBuffer sealed, ByteBuffer plain, long lsn);
}
