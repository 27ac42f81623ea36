package org.millrace.interop.same;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.jms.Message;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.millrace.client.ClientSettings;
import org.millrace.client.Event;
import org.millrace.client.RelayClient;
import org.millrace.interop.JmsBroker;
import org.millrace.interop.ThriftCalls;

/** A source with the keys that it is tried with, and what it is given. */
enum Feed {
    AVRO("type = avro", "bind = 127.0.0.1", "port = %d") {
        @Override
        void give(int port, Path dir) throws Exception {
            List<Event> events = new ArrayList<>();
            for (String line : LINES) {
                events.add(Event.of(new TreeMap<>(Map.of("h1", "one", "h2", "two")), line.getBytes(UTF_8)));
            }
            try (RelayClient client =
                    RelayClient.open(ClientSettings.builder("127.0.0.1:" + port).build())) {
                client.appendBatch(events);
            }
        }
    },
    NETCAT("type = netcat", "bind = 127.0.0.1", "port = %d") {
        @Override
        void give(int port, Path dir) throws IOException {
            overTcp(port, LINES, LINES.size() * "OK\n".length());
        }
    },
    NETCATUDP("type = netcatudp", "bind = 127.0.0.1", "port = %d", "remoteAddress = peer") {
        @Override
        void give(int port, Path dir) throws IOException {
            overUdp(port, LINES);
        }
    },
    SYSLOGTCP("type = syslogtcp", "host = 127.0.0.1", "port = %d") {
        @Override
        void give(int port, Path dir) throws IOException {
            overTcp(port, MESSAGES, 0);
        }
    },
    SYSLOGTCP_KEEPING(
            "type = syslogtcp", "host = 127.0.0.1", "port = %d", "keepFields = priority version timestamp hostname") {
        @Override
        void give(int port, Path dir) throws IOException {
            overTcp(port, MESSAGES, 0);
        }
    },
    MULTIPORT_SYSLOGTCP("type = multiport_syslogtcp", "host = 127.0.0.1", "ports = %d") {
        @Override
        void give(int port, Path dir) throws IOException {
            overTcp(port, lines(), 0);
        }

        /** Without stamps that have no year: Flume takes them for ones of 2001. */
        @Override
        List<String> lines() {
            return MESSAGES.stream().filter(message -> message.contains(">1 ")).toList();
        }
    },
    SYSLOGUDP("type = syslogudp", "host = 127.0.0.1", "port = %d") {
        @Override
        void give(int port, Path dir) throws IOException {
            overUdp(port, MESSAGES);
        }
    },
    HTTP("type = http", "bind = 127.0.0.1", "port = %d") {
        @Override
        void give(int port, Path dir) throws Exception {
            String json = LINES.stream()
                    .map(line -> "{\"headers\":{\"h1\":\"1\",\"h2\":\"2\"},\"body\":\""
                            + line.replace("\\", "\\\\")
                                    .replace("\"", "\\\"")
                                    .replace("\t", "\\t")
                                    .replace("\r", "\\r")
                            + "\"}")
                    .collect(Collectors.joining(",", "[", "]"));
            post(port, "", "application/json; charset=UTF-8", json);
        }
    },
    HTTP_BLOB(
            "type = http",
            "bind = 127.0.0.1",
            "port = %d",
            "handler = org.apache.flume.source.http.BLOBHandler",
            "handler.mandatoryParameters = h1") {
        @Override
        void give(int port, Path dir) throws Exception {
            for (String line : LINES) {
                post(port, "?h1=one&h2=two", "application/octet-stream", line);
            }
        }
    },
    THRIFT("type = thrift", "bind = 127.0.0.1", "port = %d", "protocol = binary") {
        @Override
        void give(int port, Path dir) throws IOException {
            ThriftCalls.Part[] events = LINES.stream()
                    .map(line ->
                            ThriftCalls.event(new TreeMap<>(Map.of("h1", "one", "h2", "two")), line.getBytes(UTF_8)))
                    .toArray(ThriftCalls.Part[]::new);
            if (!ThriftCalls.isOk(ThriftCalls.ask(port, ThriftCalls.appendBatch(events)))) {
                throw new IOException("not stored");
            }
        }
    },
    JMS(
            "type = jms",
            "initialContextFactory = org.apache.activemq.jndi.ActiveMQInitialContextFactory",
            "providerURL = %b",
            "destinationName = %q",
            "destinationType = QUEUE") {
        @Override
        void prepare(Path dir, JmsBroker broker) throws Exception {
            broker.send(queue(dir), session -> {
                List<Message> messages = new ArrayList<>();
                for (String line : LINES) {
                    Message message = session.createTextMessage(line);
                    message.setStringProperty("h1", "one");
                    message.setStringProperty("h2", "two");
                    messages.add(message);
                }
                return messages;
            });
        }
    },
    EXEC("type = exec", "command = cat %s/log") {
        @Override
        void prepare(Path dir, JmsBroker broker) throws IOException {
            writeLog(dir);
        }
    },
    SPOOLDIR("type = spooldir", "spoolDir = %s", "basenameHeader = true", "fileHeader = true") {
        @Override
        void prepare(Path dir, JmsBroker broker) throws IOException {
            writeLog(dir);
        }
    },
    /** A file each, without a line feed. Of an empty one neither makes an event. */
    SPOOLDIR_BLOB(
            "type = spooldir",
            "spoolDir = %s",
            "basenameHeader = true",
            "deserializer = org.apache.flume.sink.solr.morphline.BlobDeserializer$Builder") {
        @Override
        void prepare(Path dir, JmsBroker broker) throws IOException {
            Instant oldest = Instant.now().minusSeconds(60);
            List<String> lines = lines();
            for (int i = 0; i < lines.size(); i++) {
                Path file = Files.writeString(dir.resolve("blob" + i), lines.get(i));
                Files.setLastModifiedTime(
                        file, FileTime.from(oldest.plusSeconds(i))); // the order in which they are read
            }
        }

        @Override
        List<String> lines() {
            return LINES.stream().filter(line -> !line.isEmpty()).toList();
        }
    },
    /** Bodies in Avro: a length of one byte, which is no line feed, before the text. */
    SPOOLDIR_AVRO("type = spooldir", "spoolDir = %s", "deserializer = AVRO") {
        @Override
        void prepare(Path dir, JmsBroker broker) throws IOException {
            Schema schema =
                    SchemaBuilder.record("line").fields().requiredString("text").endRecord();
            Files.writeString(schemaFile(dir), schema.toString());
            try (DataFileWriter<GenericRecord> writer = new DataFileWriter<>(new GenericDatumWriter<>(schema))) {
                writer.create(schema, dir.resolve("log.avro").toFile());
                for (String line : lines()) {
                    writer.append(
                            new GenericRecordBuilder(schema).set("text", line).build());
                }
            }
        }

        @Override
        List<String> lines() {
            return LINES.stream()
                    .filter(line -> line.getBytes(UTF_8).length < 64 && line.length() != 5)
                    .toList();
        }

        @Override
        boolean hasAvroBodies() {
            return true;
        }
    },
    TAILDIR(
            "type = TAILDIR",
            "filegroups = g",
            "filegroups.g = %s/lo.*",
            "headers.g.h2 = grouped",
            "positionFile = %s-positions/file.json",
            "fileHeader = true",
            "byteOffsetHeader = true") {
        @Override
        void prepare(Path dir, JmsBroker broker) throws IOException {
            writeLog(dir);
        }
    },
    SEQ("type = seq", "totalEvents = 12") {
        @Override
        int events() {
            return 12;
        }

        @Override
        int dropped() {
            return 0;
        }
    },
    STRESS("type = org.apache.flume.source.StressSource", "size = 20", "maxTotalEvents = 7", "batchSize = 2") {
        @Override
        int events() {
            return 7;
        }

        @Override
        int dropped() {
            return 0;
        }
    };

    /** What the lines have in them that an interceptor is to drop. */
    static final String DROPPED = "to be dropped";

    private static final List<String> LINES = List.of(
            "plain text",
            "key=value again=andagain",
            "",
            "a\ttab, a \"quote\", a back\\slash",
            "umlaut äöü, and \u4e2d\u6587 and \ud83d\ude00",
            "this line is " + DROPPED,
            "  blanks before and behind  ",
            "127.0.0.1 - - [29/Nov/2026:10:00:00 +0000] \"GET / HTTP/1.1\" 200 17",
            "carriage return\r",
            "x".repeat(300),
            "{\"json\": {\"key\": [1, 2.5, null]}}",
            DROPPED,
            "the last one");

    private static final HttpClient HTTP_CLIENT = HttpClient.newHttpClient();

    /** Without what Flume reads wrongly: a zone beside a fraction of a second, and what follows an unreadable message on its connection. */
    private static final List<String> MESSAGES = List.of(
            "<34>1 2023-10-11T22:14:15.003Z mymachine.example.com su - ID47 - BOMhello key=value",
            "<13>Oct 11 22:14:15 host1 app[12]: text here",
            "<165>1 2003-08-24T05:14:15-07:00 192.0.2.1 myproc 8710 - - umlaut äöü",
            "<0>Oct  1 02:04:05 h sched: " + DROPPED,
            "<191>1 2023-02-28T00:00:00Z host2 a - - [x@1 k=\"v\"] structured");

    /** A line each. */
    private final String keys;

    Feed(String... keys) {
        this.keys = String.join("\n", keys);
    }

    int events() {
        return lines().size();
    }

    int dropped() {
        return (int) lines().stream().filter(line -> line.contains(DROPPED)).count();
    }

    List<String> lines() {
        return name().contains("SYSLOG") ? MESSAGES : LINES;
    }

    /** True if it listens. */
    boolean hasPort() {
        return keys.contains("%d");
    }

    /** True if its bodies are records of the schema in {@link #schemaFile}. */
    boolean hasAvroBodies() {
        return false;
    }

    /** @param dir one of those beside which it stands */
    static Path schemaFile(Path dir) {
        return dir.resolveSibling("body.avsc");
    }

    /** Lines for a source of the agent {@code a}. */
    String lines(String source, int port, Path dir, String brokerUrl) {
        StringBuilder lines = new StringBuilder();
        for (String key : keys.lines().toList()) {
            String filled = key.replace("%d", Integer.toString(port))
                    .replace("%s", dir.toString())
                    .replace("%b", brokerUrl)
                    .replace("%q", queue(dir));
            lines.append("a.sources.").append(source).append('.').append(filled).append('\n');
        }
        return lines.toString();
    }

    /** Before the agent starts. */
    void prepare(Path dir, JmsBroker broker) throws Exception {}

    /** To the agent that runs. */
    void give(int port, Path dir) throws Exception {}

    /** Of one source of one agent. */
    private static String queue(Path dir) {
        return dir.getParent().getFileName() + "." + dir.getFileName();
    }

    private static void post(int port, String query, String type, String content) throws Exception {
        HttpRequest post = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/" + query))
                .header("Content-Type", type)
                .POST(BodyPublishers.ofString(content))
                .build();
        HttpResponse<String> response = HTTP_CLIENT.send(post, BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException("status " + response.statusCode() + ": " + response.body());
        }
    }

    private static void writeLog(Path dir) throws IOException {
        Files.write(dir.resolve("log"), LINES);
    }

    /** @param answered bytes to wait for */
    private static void overTcp(int port, List<String> lines, int answered) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(text(lines).getBytes(UTF_8));
            socket.shutdownOutput();
            InputStream in = socket.getInputStream();
            for (int read = 0; read < answered; read++) {
                if (in.read() < 0) {
                    throw new IOException("closed after " + read + " bytes of an answer");
                }
            }
        }
    }

    private static void overUdp(int port, List<String> lines) throws IOException {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            for (String line : lines) {
                byte[] datagram = (line + "\n").getBytes(UTF_8);
                socket.send(new DatagramPacket(datagram, datagram.length, InetAddress.getLoopbackAddress(), port));
            }
        }
    }

    private static String text(List<String> lines) {
        return lines.stream().map(line -> line + "\n").collect(Collectors.joining());
    }
}
