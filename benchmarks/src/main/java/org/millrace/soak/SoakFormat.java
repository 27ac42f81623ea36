package org.millrace.soak;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.avro.file.DataFileStream;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.BytesWritable;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.SequenceFile;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;

/** How a sink's files look, and how they are read back: with the readers of Hadoop and Avro. */
enum SoakFormat {
    AVRO("hdfs.fileType = DataStream", "serializer = AVRO_EVENT"),
    AVRO_DEFLATE("hdfs.fileType = DataStream", "serializer = AVRO_EVENT", "serializer.compressionCodec = deflate"),
    TEXT("hdfs.fileType = DataStream", "serializer = TEXT"),
    SEQUENCE("hdfs.fileType = SequenceFile", "hdfs.writeFormat = Writable"),
    SEQUENCE_GZIP("hdfs.fileType = SequenceFile", "hdfs.writeFormat = Writable", "hdfs.codeC = gzip"),
    GZIP("hdfs.fileType = CompressedStream", "hdfs.codeC = gzip"),
    BZIP2("hdfs.fileType = CompressedStream", "hdfs.codeC = bzip2");

    /** All bodies tell their numbers: text and SequenceFiles have no headers. */
    static final int LEAST_BODY_BYTES = SoakEvent.TELLING_BYTES;

    private final String lines;

    SoakFormat(String... lines) {
        this.lines = String.join("\n", lines);
    }

    /** What is done with the events of a file. */
    interface Taker {
        void take(long number);

        void altered();
    }

    /** Of its sink, in the agent's file. */
    List<String> lines() {
        return lines.lines().toList();
    }

    /** A directory's name. */
    String place() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IOException if it cannot be read to its end */
    void read(FileSystem files, Path file, Taker taker) throws IOException {
        switch (this) {
            case AVRO, AVRO_DEFLATE -> readAvro(files, file, taker);
            case SEQUENCE, SEQUENCE_GZIP -> readSequence(files, file, taker);
            case TEXT -> readText(files.open(file), taker);
            case GZIP, BZIP2 -> {
                CompressionCodec codec = new CompressionCodecFactory(files.getConf()).getCodec(file);
                if (codec == null) {
                    throw new IOException("its suffix tells of no codec");
                }
                readText(codec.createInputStream(files.open(file)), taker);
            }
        }
    }

    private static void readAvro(FileSystem files, Path file, Taker taker) throws IOException {
        try (InputStream in = new BufferedInputStream(files.open(file));
                DataFileStream<GenericRecord> container = new DataFileStream<>(in, new GenericDatumReader<>())) {
            for (GenericRecord event : container) {
                Map<String, String> headers = new HashMap<>();
                ((Map<?, ?>) event.get("headers"))
                        .forEach((name, value) -> headers.put(name.toString(), value.toString()));
                ByteBuffer body = (ByteBuffer) event.get("body");
                byte[] bytes = new byte[body.remaining()];
                body.get(bytes);
                try {
                    taker.take(SoakEvent.check(headers, bytes, LEAST_BODY_BYTES));
                } catch (IllegalArgumentException e) {
                    taker.altered();
                }
            }
        }
    }

    private static void readSequence(FileSystem files, Path file, Taker taker) throws IOException {
        try (SequenceFile.Reader reader =
                new SequenceFile.Reader(files.getConf(), SequenceFile.Reader.file(files.makeQualified(file)))) {
            LongWritable key = new LongWritable();
            BytesWritable value = new BytesWritable();
            while (reader.next(key, value)) {
                try {
                    taker.take(SoakEvent.numberAt(value.copyBytes(), 0));
                } catch (IllegalArgumentException e) {
                    taker.altered();
                }
            }
        }
    }

    /** Bodies are of any bytes, line feeds as well: each tells by its number how long it is. */
    private static void readText(InputStream text, Taker taker) throws IOException {
        byte[] all;
        try (text) {
            all = text.readAllBytes();
        }
        int at = 0;
        while (at < all.length) {
            long number;
            try {
                number = SoakEvent.numberAt(all, at);
            } catch (IllegalArgumentException e) {
                throw new IOException("at byte " + at + " of " + all.length + ": " + e.getMessage(), e);
            }
            at += SoakEvent.bodyOfAtLeast(LEAST_BODY_BYTES, number).length;
            if (at >= all.length || all[at] != '\n') {
                throw new IOException("at byte " + at + " of " + all.length + ": no line feed behind event " + number);
            }
            at++;
            taker.take(number);
        }
    }

    /** Those that sinks write in turn, from the first sink on. */
    static List<SoakFormat> inTurn(List<SoakFormat> formats, int sinks) {
        SoakFormat[] all = new SoakFormat[sinks];
        Arrays.setAll(all, i -> formats.get(i % formats.size()));
        return List.of(all);
    }
}
