package org.millrace.soak;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.file.DataFileStream;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.hdfs.DistributedFileSystem;

/** What stands in HDFS at the end, read with the readers of Hadoop and Avro. */
final class HdfsContent {
    private static final String IN_USE = ".tmp";

    private final DistributedFileSystem hdfs;
    private final NumberSet numbers = new NumberSet();
    private final List<String> faults = new ArrayList<>();
    private long events;
    private long altered;
    private int files;

    private HdfsContent(DistributedFileSystem hdfs) {
        this.hdfs = hdfs;
    }

    static HdfsContent read(DistributedFileSystem hdfs, Path root) throws IOException {
        HdfsContent content = new HdfsContent(hdfs);
        RemoteIterator<LocatedFileStatus> all = hdfs.listFiles(root, true);
        while (all.hasNext()) {
            content.read(all.next().getPath());
        }
        return content;
    }

    private void read(Path file) throws IOException {
        files++;
        if (file.getName().endsWith(IN_USE)) {
            faults.add(file + " has its in-use name");
        }
        if (!hdfs.isFileClosed(file)) {
            faults.add(file + " is open: somebody holds its lease");
        }
        try (InputStream in = new BufferedInputStream(hdfs.open(file));
                DataFileStream<GenericRecord> container = new DataFileStream<>(in, new GenericDatumReader<>())) {
            for (GenericRecord event : container) {
                take(file, event);
            }
        } catch (IOException | RuntimeException e) {
            faults.add(file + " cannot be read to its end: " + e);
        }
    }

    private void take(Path file, GenericRecord event) {
        Map<String, String> headers = new HashMap<>();
        ((Map<?, ?>) event.get("headers")).forEach((name, value) -> headers.put(name.toString(), value.toString()));
        ByteBuffer body = (ByteBuffer) event.get("body");
        byte[] bytes = new byte[body.remaining()];
        body.get(bytes);
        try {
            long number = SoakEvent.check(headers, bytes);
            events++;
            if (!numbers.add(number) && faults.size() < 10) {
                faults.add("event " + number + " is there twice, once in " + file);
            }
        } catch (IllegalArgumentException e) {
            altered++;
        }
    }

    NumberSet numbers() {
        return numbers;
    }

    Received received() {
        return new Received(numbers.size(), events, altered);
    }

    int files() {
        return files;
    }

    /** What should not be: files with in-use names, open files, files that cannot be read, events that are there twice. */
    List<String> faults() {
        return faults;
    }
}
