package org.millrace.hdfs;

import java.io.IOException;
import java.util.Locale;
import org.apache.hadoop.fs.FSDataOutputStream;

/** What a flush asks of the file system before a batch is committed, {@code hdfs.sync}. */
enum SyncMode {
    /** The bytes are in the memory of every data node of the block: they outlive this agent, and the loss of a node. */
    HFLUSH {
        @Override
        void run(FSDataOutputStream out) throws IOException {
            out.hflush();
        }
    },
    /** They are on the disks of all of them: they outlive a power cut too. */
    HSYNC {
        @Override
        void run(FSDataOutputStream out) throws IOException {
            out.hsync();
        }
    },
    /** Nothing: the file system has them once the file is closed, and until then they are gone if this agent is. */
    NONE {
        @Override
        boolean isKeptBy(FSDataOutputStream out) {
            return true;
        }

        @Override
        void run(FSDataOutputStream out) {
            // that is what was asked for
        }
    };

    /** False for streams that take the call and do nothing: what they were given may be gone with this agent. */
    boolean isKeptBy(FSDataOutputStream out) {
        return out.hasCapability(toString());
    }

    /** As the file has it, and as a stream of Hadoop's is asked whether it can. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    abstract void run(FSDataOutputStream out) throws IOException;
}
