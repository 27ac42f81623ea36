package org.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.testkit.process.AgentProcess;
import org.millrace.testkit.process.AgentProcess.Kind;
import org.millrace.testkit.process.EventServer;

/** The same file with the sources that read files, commands or nothing, run by Flume and by us over the same input. */
class FileSourcesIT {
    private static final List<String> HEAP = List.of("-Xmx256m");
    /** Bytes that only ISO-8859-1 makes characters of. */
    private static final byte[] UGLY = latin1(
            "one\ntwo\r\n\n\u00ff\u00fe bad \u00c3\u00a4 good\nlong " + "x".repeat(3000) + "\nmid\rdle\nunfinished");

    private static final int EVENTS = 7 + 8 + 8 + 50 + 10 + 9 + 25 + 25 + 5;

    @TempDir
    Path dir;

    private Path logs;

    @BeforeEach
    void fill() throws IOException {
        logs = Files.createDirectory(dir.resolve("logs"));
        Files.write(logs.resolve("t.log"), UGLY);
        Files.write(logs.resolve("e.txt"), UGLY);
    }

    @Test
    void everySourceGivesTheSameHeadersAndBodiesAndTheSamePositionsServeBoth() throws IOException {
        Arrivals flume = run(Kind.FLUME, "flume", EVENTS, all(spool("flume")));
        Arrivals ours = run(Kind.MILLRACE, "ours", EVENTS, all(spool("ours")));
        assertThat(ours.bySource()).isEqualTo(flume.bySource());
        assertThat(ours.events()).isEqualTo(EVENTS);

        Files.writeString(logs.resolve("t.log"), " line\nnew\n", StandardOpenOption.APPEND);
        Arrivals oursBehindFlume = run(Kind.MILLRACE, "flume", 2, taildir("flume"));
        Arrivals flumeBehindOurs = run(Kind.FLUME, "ours", 2, taildir("ours"));
        assertThat(oursBehindFlume.bySource()).isEqualTo(flumeBehindOurs.bySource());
        assertThat(oursBehindFlume.events()).isEqualTo(2);
    }

    private Arrivals run(Kind kind, String name, int events, String sources) throws IOException {
        Arrivals arrivals = new Arrivals();
        try (EventServer server = new EventServer(0, arrivals);
                AgentProcess agent = AgentProcess.start(
                        kind,
                        kind + "-" + name,
                        dir,
                        HEAP,
                        sources + AgentFiles.avroSink("k", server.port(), 100, "none"))) {
            await().until(() -> arrivals.events() >= events || !agent.process().isAlive());
        }
        assertThat(arrivals.fault()).isNull();
        return arrivals;
    }

    private String all(Path spool) throws IOException {
        String name = spool.getFileName().toString();
        return AgentFiles.channel("tail shelled plain seq stress lines hashes literals blobs", "k")
                + tail("tail", name)
                + source(
                        "shelled",
                        "exec",
                        "shell = /bin/sh -c",
                        "command = cat " + logs + "/e.txt",
                        "batchTimeout = 300")
                + source("plain", "exec", "command = cat  " + logs + "/e.txt", "batchSize = 2", "batchTimeout = 300")
                + source("seq", "seq", "totalEvents = 50", "batchSize = 7")
                + source(
                        "stress",
                        "org.apache.flume.source.StressSource",
                        "size = 20",
                        "batchSize = 3",
                        "maxTotalEvents = 10")
                + source(
                        "lines",
                        "spooldir",
                        "spoolDir = " + spool.resolve("lines"),
                        "recursiveDirectorySearch = true",
                        "basenameHeader = true",
                        "decodeErrorPolicy = REPLACE",
                        "deserializer.maxLineLength = 2000")
                + source(
                        "hashes",
                        "spooldir",
                        "spoolDir = " + spool.resolve("hashes"),
                        "basenameHeader = true",
                        "deserializer = AVRO")
                + source(
                        "literals",
                        "spooldir",
                        "spoolDir = " + spool.resolve("literals"),
                        "deserializer = avro",
                        "deserializer.schemaType = LITERAL")
                + source(
                        "blobs",
                        "spooldir",
                        "spoolDir = " + spool.resolve("blobs"),
                        "deserializer = org.apache.flume.sink.solr.morphline.BlobDeserializer$Builder",
                        "deserializer.maxBlobLength = 1000");
    }

    private String taildir(String name) {
        return AgentFiles.channel("tail", "k") + tail("tail", name);
    }

    private String tail(String source, String name) {
        return source(
                source,
                "TAILDIR",
                "filegroups = f",
                "filegroups.f = " + logs + "/t.*",
                "headers.f.kind = test",
                "fileHeader = true",
                "byteOffsetHeader = true",
                "idleTimeout = 1000",
                "batchSize = 3",
                "backoffSleepIncrement = 200",
                "maxBackoffSleep = 200",
                "positionFile = " + dir.resolve(name + "-positions.json"));
    }

    private static String source(String name, String type, String... lines) {
        String prefix = "a.sources." + name + ".";
        StringBuilder all = new StringBuilder();
        all.append(prefix).append("type = ").append(type).append('\n');
        all.append(prefix).append("channels = c\n");
        all.append(prefix).append("interceptors = i\n");
        all.append(prefix).append("interceptors.i.type = static\n");
        all.append(prefix).append("interceptors.i.key = source\n");
        all.append(prefix).append("interceptors.i.value = ").append(name).append('\n');
        for (String line : lines) {
            all.append(prefix).append(line).append('\n');
        }
        return all.toString();
    }

    /** Directories for an agent of this name, with the same files in them. */
    private Path spool(String name) throws IOException {
        Path spool = dir.resolve(name);
        Path inner = Files.createDirectories(spool.resolve("lines/inner"));
        Files.write(spool.resolve("lines/a"), UGLY);
        Files.write(inner.resolve("b"), latin1("nested\n"));
        Files.write(Files.createDirectories(spool.resolve("hashes")).resolve("h"), container());
        Files.write(Files.createDirectories(spool.resolve("literals")).resolve("l"), container());
        Files.write(Files.createDirectories(spool.resolve("blobs")).resolve("b"), UGLY);
        Files.write(spool.resolve("blobs/empty"), new byte[0]);
        return spool;
    }

    private static byte[] container() throws IOException {
        Schema schema = SchemaBuilder.record("R")
                .namespace("n")
                .fields()
                .requiredString("text")
                .optionalLong("number")
                .name("list")
                .type()
                .array()
                .items()
                .intType()
                .noDefault()
                .endRecord();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataFileWriter<GenericRecord> writer = new DataFileWriter<>(new GenericDatumWriter<>(schema))) {
            writer.create(schema, bytes);
            for (long i = 0; i < 25; i++) {
                writer.append(new GenericRecordBuilder(schema)
                        .set("text", "r\u00e4" + i)
                        .set("number", i % 2 == 0 ? null : i)
                        .set("list", List.of(1, 2, (int) i))
                        .build());
                if (i % 10 == 9) {
                    writer.sync();
                }
            }
        }
        return bytes.toByteArray();
    }

    private static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** What came from each source, in order, bodies in hex. */
    private static final class Arrivals implements EventServer.Taker {
        private final Map<String, List<String>> bySource = new TreeMap<>();
        private int events;
        private @Nullable Exception fault;

        @Override
        public synchronized void take(Map<String, String> headers, byte[] body) {
            Map<String, String> rest = new TreeMap<>(headers);
            String source = rest.remove("source");
            bySource.computeIfAbsent(String.valueOf(source), name -> new ArrayList<>())
                    .add(rest + " " + HexFormat.of().formatHex(body));
            events++;
        }

        @Override
        public synchronized void fault(Exception why) {
            fault = why;
        }

        synchronized Map<String, List<String>> bySource() {
            return new TreeMap<>(bySource);
        }

        synchronized int events() {
            return events;
        }

        synchronized @Nullable Exception fault() {
            return fault;
        }
    }
}
