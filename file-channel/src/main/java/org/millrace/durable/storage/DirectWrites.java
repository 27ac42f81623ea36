package org.millrace.durable.storage;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.millrace.durable.format.Blocks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether what is written goes to the disk past the system's page cache. Measured on ext4 with groups of 8 KiB, 1 MiB and 4 MiB, a write with
 * its force: 0.65, 0.6 and 0.3 of the CPU time that it takes through the cache.
 */
public enum DirectWrites {
    /** Where a write shows that the file system and its block size allow it. */
    AUTO {
        @Override
        boolean in(Path directory, Probe probe) {
            try {
                probe.write(directory);
                return true;
            } catch (IOException e) {
                String until =
                        SystemErrors.isDiskFull(e) ? " until the next start, since a full disk proves nothing" : "";
                LOG.info("{}: written through the page cache{}: {}", directory, until, e.toString());
                return false;
            } catch (UnsupportedOperationException e) {
                LOG.info("{}: written through the page cache: {}", directory, e.toString());
                return false;
            }
        }
    },
    /** Always; a directory that cannot do it is refused. */
    ON {
        @Override
        boolean in(Path directory, Probe probe) throws IOException {
            try {
                probe.write(directory);
                return true;
            } catch (IOException e) {
                if (SystemErrors.isDiskFull(e)) {
                    return true; // which says nothing against direct writes as such
                }
                throw e;
            } catch (UnsupportedOperationException e) {
                throw new IOException("no direct writes in " + directory, e);
            }
        }
    },
    /** Never. */
    OFF {
        @Override
        boolean in(Path directory, Probe probe) {
            return false;
        }
    };

    private static final Logger LOG = LoggerFactory.getLogger(DirectWrites.class);
    private static final String PROBE = "probe.new";

    /** Writes to a directory, past the cache, to see whether that can be done. */
    interface Probe {
        void write(Path directory) throws IOException;
    }

    /** Whether files in this directory are to be written so. */
    boolean in(Path directory) throws IOException {
        return in(directory, DirectWrites::probe);
    }

    abstract boolean in(Path directory, Probe probe) throws IOException;

    /** Some file systems find out only when they are written to. An interrupt says nothing about them. */
    private static void probe(Path directory) throws IOException {
        long block = Files.getFileStore(directory).getBlockSize();
        if (Blocks.BYTES % block != 0) {
            throw new IOException("blocks of " + block + " bytes (expected: at most " + Blocks.BYTES + ")");
        }
        Path file = directory.resolve(PROBE);
        try {
            Uninterrupted.call(() -> {
                try (FileChannel channel =
                        FileChannel.open(file, CREATE, TRUNCATE_EXISTING, WRITE, ExtendedOpenOption.DIRECT)) {
                    ByteBuffer zeros = Blocks.allocate(Blocks.BYTES);
                    if (channel.write(zeros, 0) < Blocks.BYTES) {
                        throw new IOException("half a block was written");
                    }
                }
                return file;
            });
        } finally {
            Files.deleteIfExists(file);
        }
    }
}
