package org.millrace.soak;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/** The text files below a directory of HDFS. */
record HdfsTree(FileSystem hdfs, String root) {
    private static final String IN_USE = ".tmp";

    List<Path> inUse() throws IOException {
        return all().stream().filter(HdfsTree::isInUse).toList();
    }

    List<Path> complete() throws IOException {
        return all().stream().filter(file -> !isInUse(file)).toList();
    }

    /** The lines of all files, whatever their names. */
    List<String> lines() throws IOException {
        return lines(all());
    }

    /** The lines of the files that have their final names. */
    List<String> completeLines() throws IOException {
        return lines(complete());
    }

    private List<Path> all() throws IOException {
        List<Path> files = new ArrayList<>();
        RemoteIterator<LocatedFileStatus> found = hdfs.listFiles(new Path(root), true);
        while (found.hasNext()) {
            files.add(found.next().getPath());
        }
        return files;
    }

    private List<String> lines(List<Path> files) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Path file : files) {
            try (var in = hdfs.open(file)) {
                new String(in.readAllBytes(), UTF_8).lines().forEach(lines::add);
            }
        }
        return lines;
    }

    private static boolean isInUse(Path file) {
        return file.getName().endsWith(IN_USE);
    }
}
