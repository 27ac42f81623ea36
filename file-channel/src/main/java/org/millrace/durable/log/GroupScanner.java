package org.millrace.durable.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.millrace.durable.format.Blocks;
import org.millrace.durable.format.GroupHeader;
import org.millrace.durable.storage.Storage;
import org.millrace.durable.storage.StorageFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Walks the groups of one segment. It stands at an offset: {@link #header} tells which group begins there, {@link #records} opens it,
 * {@link #skip} goes on behind it and {@link #seekHeader} looks for the next one behind a damaged place. What is not sound is null;
 * an exception means that the disk does not give the bytes. One thread.
 */
final class GroupScanner implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GroupScanner.class);
    /** A reader who goes from group to group asks the disk for so much at a time. */
    static final int WINDOW_BYTES = 1 << 20;

    private final Segment segment;
    private final StorageFile file;
    private final @Nullable SegmentCipher cipher;
    private final ReadBuffers buffers;
    /** Behind the last whole block. */
    private final long end;

    private long offset = Blocks.BYTES;
    /** What stands in the file from {@code windowStart} on, up to the limit. */
    private ByteBuffer window;

    private long windowStart;

    private GroupScanner(Segment segment, StorageFile file, @Nullable SegmentCipher cipher, ReadBuffers buffers)
            throws IOException {
        this.segment = segment;
        this.file = file;
        this.cipher = cipher;
        this.buffers = buffers;
        this.window = buffers.window(0);
        this.end = Math.min(file.size(), segment.header().segmentBytes()) & -Blocks.BYTES;
    }

    /**
     * Opens a segment's file; the scanner stands where the first group is. The caller closes it.
     *
     * @param ciphers null if nothing is encrypted
     * @param buffers for this scanner alone until it is closed
     * @throws IOException if the disk does not give the file, or the segment's key is not at hand
     */
    static GroupScanner open(Segment segment, @Nullable SegmentCiphers ciphers, ReadBuffers buffers)
            throws IOException {
        SegmentCipher cipher = cipher(segment, ciphers);
        StorageFile file = segment.storage().open(segment.slot(), Storage.Access.READ);
        try {
            return new GroupScanner(segment, file, cipher, buffers);
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    private static @Nullable SegmentCipher cipher(Segment segment, @Nullable SegmentCiphers ciphers)
            throws IOException {
        String key = segment.header().keyName();
        if (key.isEmpty()) {
            return null;
        }
        if (ciphers == null) {
            throw new IOException(
                    segment + " is encrypted with key " + key + " (expected: settings for its encryption)");
        }
        try {
            return ciphers.of(segment.header());
        } catch (SegmentCiphers.UnknownKeyException e) {
            throw new IOException(segment + ": " + e.getMessage(), e);
        }
    }

    Segment segment() {
        return segment;
    }

    /** Where it stands. */
    long offset() {
        return offset;
    }

    /** Behind the last place where a group could be. */
    long end() {
        return end;
    }

    /** @param offset a multiple of {@link Blocks#BYTES} */
    void moveTo(long offset) {
        this.offset = offset;
    }

    /** Goes on behind the group that begins here. */
    void skip(GroupHeader header) {
        offset += header.paddedBytes();
    }

    /** Whether what stands here was read along with something before it. */
    boolean isReadAhead() {
        return windowStart < offset && window.limit() > 0;
    }

    /** What was read is forgotten and comes from the disk again: it may have changed there. No record of it may be used any more. */
    void forget() {
        window.limit(0);
    }

    /** Sequence behind the last event of a group. */
    static long endSequence(GroupHeader group) {
        return group.firstSequence() + group.events();
    }

    /** The header of the group that begins here; null if none does. Reads one block if it must. */
    @Nullable
    GroupHeader header() throws IOException {
        return header(Blocks.BYTES);
    }

    private @Nullable GroupHeader header(int readBytes) throws IOException {
        if (offset >= end) {
            return null;
        }
        int index = require(Blocks.BYTES, readBytes);
        long lsn = segment.baseLsn() + offset;
        GroupHeader header = index < 0
                ? null
                : GroupHeader.read(window, index, segment.header().salt(), lsn);
        return header != null && fits(header) ? header : null;
    }

    /** Bytes of a group that was begun here, as it says itself; 0 if nothing says so. Whether it is sound is another question. */
    long begunBytes() throws IOException {
        int index = offset < end ? require(Blocks.BYTES, Blocks.BYTES) : -1;
        if (index < 0
                || window.getInt(index + GroupHeader.SALT_AT)
                        != segment.header().salt()
                || window.getLong(index + GroupHeader.LSN_AT) != segment.baseLsn() + offset) {
            return 0;
        }
        int bytes = window.getInt(index + GroupHeader.PADDED_BYTES_AT);
        return bytes >= Blocks.BYTES && bytes <= end - offset ? bytes : Blocks.BYTES;
    }

    private boolean fits(GroupHeader header) {
        return header.paddedBytes() >= Blocks.BYTES
                && header.paddedBytes() % Blocks.BYTES == 0
                && header.paddedBytes() <= end - offset
                && header.usedBytes() >= GroupHeader.BYTES
                && header.usedBytes() <= header.paddedBytes()
                && header.records() >= 0
                && header.events() >= 0
                && header.firstSequence() >= 0
                && header.isEncrypted() == (cipher != null);
    }

    /**
     * Moves on to the next place where a group begins, or to {@link #end} if there is none. Blocks that cannot be read are passed over.
     *
     * @throws IOException if the disk does not answer at all
     */
    @Nullable
    GroupHeader seekHeader() throws IOException {
        boolean hasRead = offset >= end;
        for (; offset < end; offset += Blocks.BYTES) {
            try {
                GroupHeader header = header(WINDOW_BYTES);
                hasRead = true;
                if (header != null) {
                    return header;
                }
            } catch (IOException e) {
                LOG.debug("{}, byte {} cannot be read", segment, offset, e);
            }
        }
        if (!hasRead) {
            checkDisk();
        }
        return null;
    }

    /** Tells a bad place from a disk that is gone: throws if neither the first block can be read nor the last one. */
    void checkDisk() throws IOException {
        ByteBuffer block = ByteBuffer.allocateDirect(Blocks.BYTES);
        try {
            file.read(block, 0);
        } catch (IOException e) {
            file.read(block.clear(), Math.max(0, end - Blocks.BYTES));
        }
    }

    /** The records of the group that begins here; null if its cipher text is not what was written. */
    @Nullable
    GroupRecords records(GroupHeader header) throws IOException {
        int index = require(header.paddedBytes(), Math.max(WINDOW_BYTES, header.paddedBytes()));
        if (index < 0) {
            throw new IOException(
                    "ends at " + file.size() + " (expected: a group to " + (offset + header.paddedBytes()) + ")");
        }
        return cipher == null
                ? new GroupRecords(header, window, index, index + header.usedBytes())
                : decrypt(header, cipher, index);
    }

    private @Nullable GroupRecords decrypt(GroupHeader header, SegmentCipher cipher, int index) {
        int plainBytes = header.usedBytes() - cipher.tagBytes();
        if (plainBytes < GroupHeader.BYTES) {
            return null;
        }
        ByteBuffer plain = buffers.plain(plainBytes);
        ByteBuffer head = window.slice(index, GroupHeader.BYTES);
        ByteBuffer sealed = window.slice(index + GroupHeader.BYTES, header.usedBytes() - GroupHeader.BYTES);
        boolean isOpen = cipher.open(head, sealed, plain.duplicate().position(GroupHeader.BYTES), header.lsn());
        return isOpen ? new GroupRecords(header, plain, 0, plainBytes) : null;
    }

    /**
     * Makes sure that bytes from the offset on are in the window.
     *
     * @param least this many are needed
     * @param most this many are read, where they have to be
     * @return the index of the first; -1 if the file has become too short
     */
    private int require(int least, int most) throws IOException {
        if (offset < windowStart || offset + least > windowStart + window.limit()) {
            try {
                fill((int) Math.min(most, end - offset));
            } catch (IOException e) {
                if (most == least) {
                    throw e;
                }
                fill(least); // a bad block further on need not cost us this one
            }
        }
        return offset + least > windowStart + window.limit() ? -1 : (int) (offset - windowStart);
    }

    private void fill(int bytes) throws IOException {
        window = buffers.window(bytes).limit(0);
        windowStart = offset;
        int read = file.read(window.duplicate().limit(bytes), offset);
        window.limit(read);
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            LOG.debug("{} was only read, but cannot be closed", segment, e);
        }
    }
}
