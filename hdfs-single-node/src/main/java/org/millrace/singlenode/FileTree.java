package org.millrace.singlenode;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/** The files below a path or a pattern, in the order of their names. One thread. */
final class FileTree implements AutoCloseable {
    private final FileSystem files;
    private final Path root;

    private FileTree(FileSystem files, Path root) {
        this.files = files;
        this.root = root;
    }

    /** @param location {@code hdfs://host:port/path}; the path may hold Hadoop's patterns, such as {@code *} */
    static FileTree at(String location) throws IOException {
        Path path = new Path(location);
        URI address = path.toUri();
        if (address.getAuthority() == null) {
            throw new IOException(location + ": expected hdfs://host:port/path");
        }
        Configuration settings = new Configuration();
        settings.setInt("ipc.client.connect.max.retries", 3);
        settings.setInt("ipc.client.connect.retry.interval", 200); // milliseconds
        return new FileTree(FileSystem.newInstance(address, settings), path);
    }

    FileSystem fileSystem() {
        return files;
    }

    List<FileStatus> list() throws IOException {
        FileStatus[] matches = files.globStatus(root);
        if (matches == null || matches.length == 0) {
            throw new FileNotFoundException("no such file or directory: " + root);
        }
        List<FileStatus> found = new ArrayList<>();
        for (FileStatus match : matches) {
            RemoteIterator<LocatedFileStatus> below = files.listFiles(match.getPath(), true);
            while (below.hasNext()) {
                found.add(below.next());
            }
        }
        found.sort(Comparator.comparing(FileStatus::getPath));
        return found;
    }

    @Override
    public void close() throws IOException {
        files.close();
    }
}
