package org.millrace.soak;

import java.io.IOException;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.protocol.HdfsConstants;

/** What befalls an agent that writes to HDFS. Most last for a while. */
enum Mishap {
    KILL {
        @Override
        void strike(HdfsStage stage) throws InterruptedException {
            stage.agent().kill();
        }
    },
    /** The agent's file changes: its sinks write to other directories, and roll at other times. */
    RELOAD {
        @Override
        void strike(HdfsStage stage) throws InterruptedException {
            stage.agent().reload();
        }
    },
    DATA_NODE {
        @Override
        void strike(HdfsStage stage) {
            stage.node().stopDataNode();
        }

        @Override
        void mend(HdfsStage stage) throws IOException, InterruptedException {
            stage.node().startDataNode();
        }
    },
    NAME_NODE {
        @Override
        void strike(HdfsStage stage) {
            stage.node().stopNameNode();
        }

        @Override
        void mend(HdfsStage stage) throws IOException, InterruptedException {
            stage.node().startNameNode();
        }
    },
    SAFE_MODE {
        @Override
        void strike(HdfsStage stage) throws IOException {
            stage.admin().setSafeMode(org.apache.hadoop.fs.SafeModeAction.ENTER);
        }

        @Override
        void mend(HdfsStage stage) throws IOException {
            stage.admin().setSafeMode(org.apache.hadoop.fs.SafeModeAction.LEAVE);
        }
    },
    /** No more names, and no more bytes. */
    QUOTA {
        @Override
        void strike(HdfsStage stage) throws IOException {
            stage.admin().setQuota(stage.root(), 1, 1);
        }

        @Override
        void mend(HdfsStage stage) throws IOException {
            stage.admin().setQuota(stage.root(), HdfsConstants.QUOTA_RESET, HdfsConstants.QUOTA_RESET);
        }
    },
    PERMISSION {
        @Override
        void strike(HdfsStage stage) throws IOException {
            stage.admin().setPermission(stage.root(), new FsPermission((short) 0));
        }

        @Override
        void mend(HdfsStage stage) throws IOException {
            stage.admin().setPermission(stage.root(), new FsPermission((short) 0755));
        }
    },
    /** The disk of the data node is full. */
    DISK {
        @Override
        void strike(HdfsStage stage) throws IOException {
            stage.fillDisk();
        }

        @Override
        void mend(HdfsStage stage) throws IOException {
            stage.freeDisk();
        }
    };

    abstract void strike(HdfsStage stage) throws IOException, InterruptedException;

    void mend(HdfsStage stage) throws IOException, InterruptedException {}
}
