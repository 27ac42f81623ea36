package org.millrace.soak;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.hdfs.DistributedFileSystem;

/** What stands in HDFS at the end, by the directories of the formats. */
final class HdfsContent {
    private static final String IN_USE = ".tmp";
    private static final int MOST_TWICE_TOLD = 10;

    private final DistributedFileSystem hdfs;
    private final NumberSet numbers = new NumberSet();
    private final List<String> faults = new ArrayList<>();
    private final Map<SoakFormat, Integer> files = new EnumMap<>(SoakFormat.class);
    private long events;
    private long altered;

    private HdfsContent(DistributedFileSystem hdfs) {
        this.hdfs = hdfs;
    }

    static HdfsContent read(DistributedFileSystem hdfs, Path root, Set<SoakFormat> formats) throws IOException {
        HdfsContent content = new HdfsContent(hdfs);
        for (SoakFormat format : formats) {
            Path place = new Path(root, format.place());
            if (hdfs.exists(place)) { // or its sink was killed before its first event
                content.readAll(place, format);
            }
        }
        return content;
    }

    private void readAll(Path place, SoakFormat format) throws IOException {
        RemoteIterator<LocatedFileStatus> all = hdfs.listFiles(place, true);
        while (all.hasNext()) {
            read(all.next().getPath(), format);
        }
    }

    private void read(Path file, SoakFormat format) throws IOException {
        files.merge(format, 1, Integer::sum);
        if (file.getName().endsWith(IN_USE)) {
            faults.add(file + " has its in-use name");
        }
        if (!hdfs.isFileClosed(file)) {
            faults.add(file + " is open: somebody holds its lease");
        }
        try {
            format.read(hdfs, file, new Events(file));
        } catch (IOException | RuntimeException e) {
            faults.add(file + " cannot be read to its end: " + e);
        }
    }

    private final class Events implements SoakFormat.Taker {
        private final Path file;

        Events(Path file) {
            this.file = file;
        }

        @Override
        public void take(long number) {
            events++;
            if (!numbers.add(number) && faults.size() < MOST_TWICE_TOLD) {
                faults.add("event " + number + " is there twice, once in " + file);
            }
        }

        @Override
        public void altered() {
            altered++;
        }
    }

    NumberSet numbers() {
        return numbers;
    }

    Received received() {
        return new Received(numbers.size(), events, altered);
    }

    /** How many, by their format. */
    Map<SoakFormat, Integer> files() {
        return files;
    }

    /** What should not be: files with in-use names, open files, files that cannot be read, events that are there twice. */
    List<String> faults() {
        return faults;
    }
}
