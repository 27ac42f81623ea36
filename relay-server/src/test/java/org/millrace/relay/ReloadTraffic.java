package org.millrace.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.millrace.client.ClientSettings;
import org.millrace.client.EventLoops;
import org.millrace.client.PipelinedSender;
import org.millrace.client.RelayAddress;
import org.millrace.client.RelayClient;
import org.millrace.codec.EventBatch;
import org.millrace.testkit.Batches;
import org.millrace.testkit.process.FreePorts;

/**
 * Load for an agent whose configuration changes: for a source of each kind a thread that sends numbered events, and notes which were
 * acknowledged. Those of a source that stays go over one connection, which must last; and to its port somebody connects again and again. What
 * fails ends all of it.
 */
final class ReloadTraffic {
    /** Sources that stay. */
    static final List<String> STAYING = List.of("avro", "netcat", "syslog", "http");
    /** Sources that come and go. */
    static final List<String> PASSING = List.of("tail", "visitor");
    /** The most events of one source. */
    static final int EVENTS_EACH = 4_000_000;

    private static final int BATCH_EVENTS = 20;
    private static final long PAUSE_MILLIS = 20; // load, but leave the processors to those that reload

    private final int avroPort = FreePorts.next();
    private final int netcatPort = FreePorts.next();
    private final int syslogPort = FreePorts.next();
    private final int httpPort = FreePorts.next();
    private final int visitorPort = FreePorts.next();
    private final Path directory;

    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final AtomicInteger connected = new AtomicInteger();
    private final List<Feed> feeds = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    /** @param directory for the file that is tailed, and its position */
    ReloadTraffic(Path directory) {
        this.directory = directory;
    }

    /** The own keys of a source, which are always the same. */
    String keys(String source) {
        return switch (source) {
            case "avro" -> "type = avro\nbind = 127.0.0.1\nport = " + avroPort;
            case "netcat" -> "type = netcat\nbind = 127.0.0.1\nport = " + netcatPort;
            case "syslog" -> "type = syslogtcp\nhost = 127.0.0.1\nport = " + syslogPort;
            case "http" -> "type = http\nbind = 127.0.0.1\nport = " + httpPort;
            case "visitor" -> "type = netcat\nbind = 127.0.0.1\nport = " + visitorPort;
            case "tail" ->
                "type = TAILDIR\nfilegroups = g\nfilegroups.g = " + tailed() + "\npositionFile = "
                        + directory.resolve("tail.json") + "\nwritePosInterval = 100\nmaxBackoffSleep = 1000";
            default -> throw new IllegalArgumentException(source);
        };
    }

    private Path tailed() {
        return directory.resolve("tailed.log");
    }

    void start() {
        add("avro", this::overAvro);
        add("netcat", feed -> overConnection(feed, netcatPort, line -> line + "\n", true));
        add("syslog", feed -> overConnection(feed, syslogPort, line -> "<14>1 - host " + line + "\n", false));
        add("http", this::overHttp);
        add("tail", this::intoFile);
        add("visitor", this::asVisitor);
        List<Integer> ports = List.of(avroPort, netcatPort, syslogPort, httpPort);
        threads.add(new Thread(() -> watched("connecting", () -> connectTo(ports))));
        threads.forEach(thread -> thread.setDaemon(true)); // whatever fails, the JVM ends
        threads.forEach(Thread::start);
    }

    /** Whether anything failed. */
    boolean hasFailed() {
        return failure.get() != null;
    }

    @Nullable
    Throwable failure() {
        return failure.get();
    }

    int connections() {
        return connected.get();
    }

    /** Ends all of it, and waits. */
    void stop() throws InterruptedException {
        over.set(true);
        for (Thread thread : threads) {
            thread.join();
        }
    }

    /** The numbers that were acknowledged; to be asked once it has stopped. */
    BitSet acked() {
        BitSet all = new BitSet();
        feeds.forEach(feed -> all.or(feed.acked));
        return all;
    }

    /** Such as {@code avro 1200, netcat 300}. */
    String summary() {
        return feeds.stream()
                .map(feed -> feed.source + " " + feed.acked.cardinality())
                .collect(Collectors.joining(", "));
    }

    private void add(String source, Work work) {
        Feed feed = new Feed(source, feeds.size() * EVENTS_EACH);
        feeds.add(feed);
        threads.add(new Thread(() -> watched(source, () -> work.feed(feed))));
    }

    private void watched(String what, Task task) {
        try {
            task.run();
        } catch (Exception | AssertionError e) {
            failure.compareAndSet(null, new AssertionError(what, e));
        }
    }

    private interface Task {
        void run() throws Exception;
    }

    private interface Work {
        void feed(Feed feed) throws Exception;
    }

    /** What one source is sent. Its own thread's until that has ended. */
    private static final class Feed {
        private final String source;
        private final BitSet acked = new BitSet();
        private final int end;
        private int next;

        Feed(String source, int first) {
            this.source = source;
            this.next = first;
            this.end = first + EVENTS_EACH;
        }

        boolean hasMore() {
            return next + BATCH_EVENTS <= end;
        }

        IntStream batch() {
            return IntStream.range(next, next + BATCH_EVENTS);
        }

        void ack() {
            acked.set(next, next + BATCH_EVENTS);
            next += BATCH_EVENTS;
        }
    }

    private boolean goesOn(Feed feed) throws InterruptedException {
        Thread.sleep(PAUSE_MILLIS);
        return !over.get() && feed.hasMore();
    }

    private void overAvro(Feed feed) throws Exception {
        ClientSettings client = ClientSettings.builder(new RelayAddress("127.0.0.1", avroPort))
                .timeouts(Duration.ofSeconds(20), Duration.ofSeconds(120))
                .maxInFlight(4, 1 << 20)
                .build();
        try (EventLoops loops = EventLoops.ofThreads(1);
                RelayClient relay = RelayClient.open(client, loops)) {
            PipelinedSender sender = new PipelinedSender(relay);
            int sent = 0;
            while (goesOn(feed)) {
                for (int i = 0; i < 10 && feed.hasMore(); i++) {
                    EventBatch batch = Batches.numbered(feed.next, BATCH_EVENTS);
                    try {
                        sender.send(batch);
                    } finally {
                        batch.release();
                    }
                    feed.ack(); // which it is by the end: see below
                    sent += BATCH_EVENTS;
                }
            }
            sender.awaitAll();
            assertThat(sender.acknowledgedEvents()).isEqualTo(sent);
        }
    }

    /** @param answers whether each line is answered with OK; what is not is safe all the same while the connection lasts */
    private void overConnection(Feed feed, int port, UnaryOperator<String> framed, boolean answers) throws Exception {
        try (Socket socket = connect(port);
                BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8))) {
            while (goesOn(feed)) {
                String lines = feed.batch()
                        .mapToObj(number -> framed.apply("event " + number))
                        .collect(Collectors.joining());
                socket.getOutputStream().write(lines.getBytes(UTF_8));
                for (int i = 0; answers && i < BATCH_EVENTS; i++) {
                    assertThat(in.readLine()).isEqualTo("OK");
                }
                feed.ack();
            }
        }
    }

    private void overHttp(Feed feed) throws Exception {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        URI uri = URI.create("http://127.0.0.1:" + httpPort + "/");
        while (goesOn(feed)) {
            String events = feed.batch()
                    .mapToObj(number -> "{\"body\": \"event " + number + "\"}")
                    .collect(Collectors.joining(",", "[", "]"));
            HttpRequest request = HttpRequest.newBuilder(uri)
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(events))
                    .build();
            assertThat(client.send(request, BodyHandlers.discarding()).statusCode())
                    .isEqualTo(200);
            feed.ack();
        }
    }

    /** What is in the file counts as acknowledged. */
    private void intoFile(Feed feed) throws Exception {
        while (goesOn(feed)) {
            String lines =
                    feed.batch().mapToObj(number -> "event " + number + "\n").collect(Collectors.joining());
            Files.writeString(tailed(), lines, CREATE, APPEND);
            feed.ack();
        }
    }

    /** Each time on a connection of its own, while there is somebody to connect to; only what is answered with OK counts. */
    private void asVisitor(Feed feed) throws Exception {
        while (goesOn(feed)) {
            try (Socket socket = connect(visitorPort);
                    BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8))) {
                int number = feed.next++;
                socket.getOutputStream().write(("event " + number + "\n").getBytes(UTF_8));
                if ("OK".equals(in.readLine())) {
                    feed.acked.set(number);
                }
            } catch (IOException e) {
                // the source is not there, or has just gone
            }
        }
    }

    private void connectTo(List<Integer> ports) throws Exception {
        while (!over.get()) {
            for (int port : ports) {
                try (Socket socket = connect(port)) {
                    assertThat(socket.isConnected()).isTrue();
                    connected.incrementAndGet();
                }
            }
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    private static Socket connect(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(120_000);
        return socket;
    }
}
