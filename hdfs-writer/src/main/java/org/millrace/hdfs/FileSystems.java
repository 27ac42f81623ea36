package org.millrace.hdfs;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.viewfs.ViewFileSystem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file system that a sink writes to; and others, where files of ours are left since {@code hdfs.path} named them, opened when they
 * are asked for. Thread-safe.
 */
final class FileSystems {
    private static final Logger log = LoggerFactory.getLogger(FileSystems.class);

    private final FileSystem opened;
    private final FileSystem main;
    private final Configuration configuration;
    private final Map<String, FileSystem> others = new HashMap<>();

    /** @param opened the one to write to; taken over */
    FileSystems(FileSystem opened, Configuration configuration) {
        this.opened = opened;
        this.main = withoutChecksums(opened);
        this.configuration = configuration;
    }

    /** On a local disk Hadoop's layer of checksums has the last bytes to itself until a file is closed, and cannot cut one. */
    private static FileSystem withoutChecksums(FileSystem files) {
        return files instanceof LocalFileSystem local ? local.getRaw() : files;
    }

    FileSystem main() {
        return main;
    }

    /**
     * The one that a path is in.
     *
     * @param path with its address
     * @throws IOException if there is no such file system, or none that we know
     */
    FileSystem of(Path path) throws IOException {
        String address = address(path);
        if (address.equals(address(main.makeQualified(new Path("/"))))) {
            return main;
        }
        synchronized (others) {
            FileSystem known = others.get(address);
            if (known == null) {
                known = FileSystem.newInstance(path.toUri(), configuration);
                others.put(address, known);
            }
            return withoutChecksums(known);
        }
    }

    /** Where a file is that a mount table leads to; of other file systems, where it says that it is. */
    Path behindMounts(Path path) throws IOException {
        FileSystem files = of(path);
        return files.getChildFileSystems() == null ? path : files.resolvePath(path);
    }

    /**
     * Where a file that is to be made goes: a mount table does not hand on what is asked of a new file. It can tell only of what is there, so
     * the directory is made.
     */
    Path placeOf(Path file) throws IOException {
        if (!(main instanceof ViewFileSystem)) {
            return file;
        }
        HadoopCalls.progress();
        main.mkdirs(file.getParent());
        HadoopCalls.progress();
        return new Path(behindMounts(file.getParent()), file.getName());
    }

    private static String address(Path path) {
        return path.toUri().getScheme() + "://"
                + Objects.requireNonNullElse(path.toUri().getAuthority(), "");
    }

    /** Closes all of them. */
    void close() throws IOException {
        synchronized (others) {
            for (FileSystem other : others.values()) {
                try {
                    other.close();
                } catch (IOException | RuntimeException e) {
                    log.warn("close {}", other.getUri(), e);
                }
            }
            others.clear();
        }
        opened.close();
    }
}
