package org.millrace.verify;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.RemoteIterator;

/** Reads what stands at a place: a file, a directory with all below it, or a pattern of such. One thread. */
final class EventFiles {
    private final Configuration hadoop;
    private final InUseNames inUseNames;
    private final Sightings sightings;
    private final FileTally tally;
    private final Runnable progress;

    /** @param progress called now and then */
    EventFiles(InUseNames inUseNames, Sightings sightings, FileTally tally, Runnable progress) {
        this.hadoop = new Configuration();
        this.inUseNames = inUseNames;
        this.sightings = sightings;
        this.tally = tally;
        this.progress = progress;
    }

    /**
     * Reads it all. What cannot be read to its end is noted, and the next file is read.
     *
     * @param place an address of a file system of Hadoop's, or a path here; with Hadoop's patterns
     * @throws IOException if there is no such place, or no list of its files
     */
    void read(String place) throws IOException {
        org.apache.hadoop.fs.Path path = path(place);
        FileSystem files = path.getFileSystem(hadoop);
        FileStatus[] found = files.globStatus(path);
        if (found == null || found.length == 0) {
            throw new IOException(place + ": no such file (expected: a file, a directory or a pattern of either)");
        }
        for (FileStatus each : found) {
            for (FileStatus file : below(files, each)) {
                read(files, file);
            }
        }
    }

    private static org.apache.hadoop.fs.Path path(String place) {
        return place.contains(":/")
                ? new org.apache.hadoop.fs.Path(place)
                : new org.apache.hadoop.fs.Path("file://" + Path.of(place).toAbsolutePath());
    }

    private static List<FileStatus> below(FileSystem files, FileStatus place) throws IOException {
        if (place.isFile()) {
            return List.of(place);
        }
        List<FileStatus> all = new ArrayList<>();
        for (RemoteIterator<LocatedFileStatus> each = files.listFiles(place.getPath(), true); each.hasNext(); ) {
            all.add(each.next());
        }
        all.sort(Comparator.comparing(FileStatus::getPath));
        return all;
    }

    private void read(FileSystem files, FileStatus file) {
        org.apache.hadoop.fs.Path path = file.getPath();
        boolean isInUse = inUseNames.matches(path.getName());
        if (isInUse) {
            tally.inUse(path.toString());
        }
        try {
            new EventFile(files, hadoop, path, inUseNames.without(path.getName()), isInUse, sightings, progress).read();
        } catch (IOException | RuntimeException | NoClassDefFoundError e) { // readers throw all of them at bad input
            if (!isInUse) { // such a one may well end in the middle of something
                tally.broken(path.toString(), e instanceof Exception known ? known : new IOException(e.toString(), e));
            }
        }
        tally.read(file.getLen());
        progress.run();
    }
}
