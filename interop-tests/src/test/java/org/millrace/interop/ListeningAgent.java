package org.millrace.interop;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.millrace.testkit.process.AgentProcess;
import org.millrace.testkit.process.AgentProcess.Kind;
import org.millrace.testkit.process.FreePorts;

/** An agent, ours or Flume's, with a source of each kind that listens, before a recorder. One thread at a time. */
final class ListeningAgent implements AutoCloseable {
    /** The keys of each source, by name; each has a port of its own. */
    private static final Map<String, String> SOURCES = new LinkedHashMap<>();

    static {
        SOURCES.put("netcat", "type = netcat\nbind = 127.0.0.1\nmax-line-length = 20\n");
        SOURCES.put(
                "netcat-quiet", "type = netcat\nbind = 127.0.0.1\nack-every-event = false\nencoding = ISO-8859-1\n");
        SOURCES.put("netcat-udp", "type = netcatudp\nbind = 127.0.0.1\nremoteAddress = ra\n");
        SOURCES.put("syslog", """
            type = syslogtcp
            host = 127.0.0.1
            eventSize = 120
            clientIPHeader = ip
            clientHostnameHeader = name
            """);
        SOURCES.put("syslog-all", "type = syslogtcp\nhost = 127.0.0.1\nkeepFields = all\n");
        SOURCES.put(
                "syslog-fields",
                "type = syslogtcp\nhost = 127.0.0.1\nkeepFields = priority version timestamp hostname\n");
        SOURCES.put("syslog-format", """
            type = syslogtcp
            host = 127.0.0.1
            format.regex = <(\\\\d+)>(\\\\d?) ?(\\\\S+) (\\\\w+) :: (.*)
            format.search = /
            format.replace = -
            format.dateFormat = yyyy-MM-dd'T'HH:mm:ss
            """);
        SOURCES.put("multiport", """
            type = multiport_syslogtcp
            host = 127.0.0.1
            eventSize = 120
            clientIPHeader = ip
            clientHostnameHeader = name
            """);
        SOURCES.put(
                "multiport-fields",
                "type = multiport_syslogtcp\nhost = 127.0.0.1\nkeepFields = priority version timestamp hostname\n");
        SOURCES.put("syslog-udp", "type = syslogudp\nhost = 127.0.0.1\nclientIPHeader = ip\n");
        SOURCES.put("http", "type = http\nbind = 127.0.0.1\n");
        SOURCES.put("http-blob", """
            type = http
            bind = 127.0.0.1
            handler = org.apache.flume.source.http.BLOBHandler
            handler.mandatoryParameters = id
            """);
    }

    private final Map<String, Integer> ports = new LinkedHashMap<>();
    private final EventRecorder recorder = new EventRecorder();
    private final AgentProcess agent;
    private final HttpClient http = HttpClient.newHttpClient();

    ListeningAgent(Kind kind, Path dir) throws IOException {
        StringBuilder file = new StringBuilder();
        SOURCES.forEach((name, keys) -> {
            int port = FreePorts.next();
            ports.put(name, port);
            file.append("a.sources.").append(name).append(".channels = c\n");
            file.append("a.sources.")
                    .append(name)
                    .append(name.startsWith("multiport") ? ".ports = " : ".port = ")
                    .append(port)
                    .append('\n');
            keys.lines()
                    .forEach(line -> file.append("a.sources.")
                            .append(name)
                            .append('.')
                            .append(line)
                            .append('\n'));
        });
        String configuration = AgentFiles.channel(String.join(" ", SOURCES.keySet()), "k")
                + file
                + AgentFiles.avroSink("k", recorder.port(), 100, "none");
        int[] toAwait = ports.entrySet().stream()
                .filter(entry -> !entry.getKey().endsWith("udp"))
                .mapToInt(Map.Entry::getValue)
                .toArray();
        agent = AgentProcess.launch(
                kind,
                kind.name().toLowerCase(java.util.Locale.ROOT),
                dir,
                List.of("-Xmx256m", "-Duser.timezone=UTC"),
                configuration,
                toAwait);
    }

    void awaitOpen() {
        agent.awaitOpen();
    }

    int port(String source) {
        return ports.getOrDefault(source, -1);
    }

    EventRecorder recorder() {
        return recorder;
    }

    /** Sends over a connection, says that this was all, and returns the answers. */
    String say(String source, byte[] bytes) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port(source))) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(bytes);
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Sends a datagram. */
    void throwAt(String source, byte[] bytes) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.send(new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), port(source)));
        }
    }

    /** Sends a request, and returns its status. */
    int request(String source, String method, String query, byte[] content, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + port(source) + "/" + query))
                .method(method, BodyPublishers.ofByteArray(content));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), BodyHandlers.discarding()).statusCode();
    }

    String metrics() throws IOException, InterruptedException {
        return agent.metrics();
    }

    @Override
    public void close() throws IOException {
        agent.close();
        recorder.close();
    }
}
