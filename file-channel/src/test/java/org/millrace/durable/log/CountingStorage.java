package org.millrace.durable.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.millrace.durable.storage.ForwardingStorage;
import org.millrace.durable.storage.Storage;
import org.millrace.durable.storage.StorageFile;

/** A directory that counts the bytes that are read in it. Thread-safe. */
final class CountingStorage extends ForwardingStorage {
    private final AtomicLong bytesRead = new AtomicLong();

    CountingStorage(Storage storage) {
        super(storage);
    }

    long bytesRead() {
        return bytesRead.get();
    }

    @Override
    public StorageFile open(String name, Access access) throws IOException {
        return new File(super.open(name, access)) {
            @Override
            public int read(ByteBuffer target, long position) throws IOException {
                int bytes = super.read(target, position);
                bytesRead.addAndGet(bytes);
                return bytes;
            }
        };
    }
}
