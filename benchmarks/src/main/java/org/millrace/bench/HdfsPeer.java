package org.millrace.bench;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.client.HdfsDataInputStream;
import org.millrace.testkit.process.HdfsProcess;

/** A real single-node HDFS in a JVM of its own, and what stands in it. Thread-safe but for {@link #close}. */
final class HdfsPeer implements AutoCloseable {
    private static final String IN_USE = ".tmp";
    private static final int MOST_LOOKS = 100;

    private final HdfsProcess process;
    private final FileSystem files;

    private HdfsPeer(HdfsProcess process, FileSystem files) {
        this.process = process;
        this.files = files;
    }

    /** Returns once files can be written. */
    static HdfsPeer start(Path dir) throws IOException {
        HdfsProcess process = HdfsProcess.start(dir, List.of("-Xmx1g"));
        try {
            return new HdfsPeer(process, FileSystem.newInstance(process.address(), new Configuration()));
        } catch (IOException | RuntimeException e) {
            process.close();
            throw e;
        }
    }

    /** With its address. */
    String directory(String name) {
        return files.getUri() + "/" + name;
    }

    /** Bytes that a reader finds in the files of a directory now, open or complete; none if it is missing. */
    long readableBytes(String directory) {
        for (int look = 1; ; look++) {
            try {
                long bytes = 0;
                for (FileStatus file : list(directory)) {
                    bytes += isInUse(file) ? readableBytes(file) : file.getLen();
                }
                return bytes;
            } catch (FileNotFoundException e) { // one was renamed between the list and the look
                if (look == MOST_LOOKS) {
                    throw new UncheckedIOException(e);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private FileStatus[] list(String directory) throws IOException {
        org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(directory);
        return files.exists(path) ? files.listStatus(path) : new FileStatus[0];
    }

    private static boolean isInUse(FileStatus file) {
        return file.getPath().getName().endsWith(IN_USE);
    }

    /** The name node does not know how long an open file is: its data node does. */
    private long readableBytes(FileStatus file) throws IOException {
        try (HdfsDataInputStream in = (HdfsDataInputStream) files.open(file.getPath())) {
            return in.getVisibleLength();
        }
    }

    /** How many files of a directory are complete. */
    long completeFiles(String directory) throws IOException {
        return List.of(list(directory)).stream().filter(file -> !isInUse(file)).count();
    }

    /** How many files of a directory have their in-use name. */
    long filesInUse(String directory) throws IOException {
        return list(directory).length - completeFiles(directory);
    }

    void delete(String directory) throws IOException {
        files.delete(new org.apache.hadoop.fs.Path(directory), true);
    }

    @Override
    public void close() throws IOException {
        try {
            files.close();
        } finally {
            process.close();
        }
    }
}
