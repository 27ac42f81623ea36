package org.millrace.durable.tool;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.millrace.durable.storage.ForwardingStorage;
import org.millrace.durable.storage.Storage;
import org.millrace.durable.storage.StorageFile;

/** A directory in which some bytes come late to who reads them, as beside an agent that is about to write them. One thread. */
final class LateStorage extends ForwardingStorage {
    private String lateFile = "";
    private long from;
    private long to;
    private int readsBefore;

    LateStorage(Storage storage) {
        super(storage);
    }

    /** So many reads still see zeros there. */
    void delay(ChannelOnDisk.Group group, long fromOffset, int reads) {
        lateFile = group.file().getFileName().toString();
        from = fromOffset;
        to = group.offset() + group.header().paddedBytes();
        readsBefore = reads;
    }

    /** Reads that are still to see the old bytes. */
    int readsBefore() {
        return readsBefore;
    }

    private void hide(ByteBuffer target, int start, long position, int bytes) {
        long first = Math.max(from, position);
        long behind = Math.min(to, position + bytes);
        if (readsBefore > 0 && first < behind) {
            readsBefore--;
            for (long at = first; at < behind; at++) {
                target.put((int) (start + at - position), (byte) 0);
            }
        }
    }

    @Override
    public StorageFile open(String name, Access access) throws IOException {
        StorageFile file = super.open(name, access);
        return name.equals(lateFile) ? new Late(file) : file;
    }

    private final class Late extends File {
        Late(StorageFile file) {
            super(file);
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            int start = target.position();
            int bytes = super.read(target, position);
            hide(target, start, position, bytes);
            return bytes;
        }
    }
}
