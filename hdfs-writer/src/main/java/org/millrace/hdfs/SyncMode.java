package org.millrace.hdfs;

import java.io.IOException;
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
    };

    abstract void run(FSDataOutputStream out) throws IOException;
}
