package org.millrace.hdfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.security.UserGroupInformation;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A name node and a data node in this process, started once for all test classes that ask for them. */
final class MiniHdfs implements BeforeAllCallback {
    private static int roots;
    private Running running;

    private record Running(MiniDFSCluster cluster, DistributedFileSystem files) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            files.close();
            cluster.shutdown(true);
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        running = context.getRoot()
                .getStore(ExtensionContext.Namespace.create(MiniHdfs.class))
                .getOrComputeIfAbsent(Running.class, key -> start(), Running.class);
    }

    private static Running start() {
        try {
            Path data = Files.createTempDirectory("mini-hdfs");
            Configuration configuration = new Configuration();
            configuration.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, data.toString());
            String me = UserGroupInformation.getCurrentUser().getShortUserName();
            configuration.set("hadoop.proxyuser." + me + ".hosts", "*"); // this user may act for others
            configuration.set("hadoop.proxyuser." + me + ".groups", "*");
            MiniDFSCluster cluster =
                    new MiniDFSCluster.Builder(configuration).numDataNodes(1).build();
            return new Running(cluster, cluster.getFileSystem());
        } catch (IOException e) {
            throw new IllegalStateException("no mini HDFS", e);
        }
    }

    MiniDFSCluster cluster() {
        return running.cluster;
    }

    DistributedFileSystem files() {
        return running.files;
    }

    /** A directory of its own for each test, which anybody may write to. */
    org.apache.hadoop.fs.Path freshRoot() throws IOException {
        org.apache.hadoop.fs.Path root = new org.apache.hadoop.fs.Path(files().getUri() + "/logs" + roots++);
        files().mkdirs(root);
        files().setPermission(root, new FsPermission((short) 0777));
        return root;
    }

    /** All files below, by name. */
    List<FileStatus> below(org.apache.hadoop.fs.Path root) throws IOException {
        List<FileStatus> found = new ArrayList<>();
        RemoteIterator<LocatedFileStatus> all = files().listFiles(root, true);
        while (all.hasNext()) {
            found.add(all.next());
        }
        return found;
    }
}
