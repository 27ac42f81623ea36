package org.millrace.relay.source.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.api.ChannelFullException;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Inlet;
import org.millrace.api.SourceContext;
import org.millrace.api.SourceMetrics;
import org.millrace.codec.EventBatch;
import org.millrace.listener.ConnectionFigures;
import org.millrace.listener.InletFlush;
import org.millrace.listener.PeerLog;
import org.millrace.listener.PendingBytes;
import org.millrace.listener.ReadGate;
import org.millrace.listener.ReadGates;
import org.millrace.testkit.FakeClock;
import org.millrace.testkit.RecordedProblems;
import org.millrace.testkit.RecordingInlet;
import org.millrace.testkit.RecordingInlet.Accepted;
import org.slf4j.LoggerFactory;

class HttpConnectionTest {
    private final RecordingInlet inlet = new RecordingInlet();
    private final MetricRegistry registry = new MetricRegistry();
    private final SourceMetrics metrics = new SourceMetrics("r1", registry);
    private final PendingBytes held = new PendingBytes(1 << 20);
    private Inlet behind = inlet;
    private EmbeddedChannel connection = new EmbeddedChannel();

    @AfterEach
    void close() {
        connection.finishAndReleaseAll();
        assertThat(held.held()).isZero();
    }

    @Test
    void aRequestIsOneBatchOfEvents() {
        connect();

        post("[{\"headers\":{\"a\":\"1\"},\"body\":\"x\"},{\"body\":\"no"
                + " hdr\"},{\"headers\":{\"b\":\"2\",\"n\":5,\"t\":true}}, {}]");

        assertThat(inlet.accepted())
                .containsExactly(
                        new Accepted(Map.of("a", "1"), "x"),
                        new Accepted(Map.of(), "no hdr"),
                        new Accepted(Map.of("b", "2", "n", "5", "t", "true"), ""),
                        new Accepted(Map.of(), ""));
        assertThat(answer()).startsWith("HTTP/1.1 200 OK\r\n").contains("content-length: 0\r\n");
        assertThat(metrics.appendBatchesAccepted.getCount()).isEqualTo(1);
        assertThat(metrics.eventsAccepted.getCount()).isEqualTo(4);
        assertThat(connection.isOpen()).isTrue();
    }

    @ParameterizedTest(name = "{index}: {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"body\":\"x\"}|400",
                "[{\"body\":\"x\"|400",
                "[{\"body\":{\"no\":\"text\"}}]|400",
                "[{\"headers\":{\"a\":[1]}}]|400",
                "[{\"headers\":{\"a\":null}}]|400",
                "[{\"headers\":{\"a\":\"1\",\"a\":\"2\"}}]|400",
                "[{\"headers\":[]}]|400",
                "[5]|400",
                "[] []|400",
                "garbage|400",
                "\uFEFF\uFEFF[]|400",
                "[{body:x}]|400",
                "``|500",
                "[]|200",
                "[{body:'it''s lenient', /* as Flume */ headers: null, more: [{}]}]|200"
            })
    void contentThatIsNotAsItShouldBeIsRefused(String content, int status) {
        connect();

        post(content.replace("''", "\\'"));

        assertThat(answer()).startsWith("HTTP/1.1 " + status);
        assertThat(connection.isOpen()).isTrue();
    }

    @Test
    void aByteOrderMarkBeforeTheContentIsNoPartOfIt() {
        connect();

        post("\uFEFF[{\"body\":\"x\"}]");

        assertThat(answer()).startsWith("HTTP/1.1 200");
        assertThat(inlet.bodies()).containsExactly("x");
    }

    @Test
    void theCharsetIsTheRequests() {
        connect();
        Charset utf16 = StandardCharsets.UTF_16;
        send(
                head("POST", "Content-Type: application/json; charset=\"UTF-16\"\r\n"),
                "[{\"headers\":{\"k\":\"ü\"},\"body\":\"grüße\"}]".getBytes(utf16));
        assertThat(answer()).startsWith("HTTP/1.1 200");
        assertThat(metrics.eventsAccepted.getCount()).isEqualTo(1);
        assertThat(inlet.accepted().get(0).headers()).containsEntry("k", "ü");
        assertThat(inlet.bodies().get(0).length())
                .isEqualTo(12); // a byte order mark and five characters, read as UTF-8

        send(
                head("POST", "Content-Type: application/json; charset=ISO-8859-1\r\n"),
                "[]".getBytes(StandardCharsets.US_ASCII));
        assertThat(answer()).startsWith("HTTP/1.1 500");
    }

    @Test
    void aFullChannelIsAnsweredWith503AndTheConnectionStays() {
        connect();
        inlet.refuseWith(new ChannelFullException("full"));
        post("[{\"body\":\"x\"}]");
        assertThat(answer()).startsWith("HTTP/1.1 503");

        inlet.refuseWith(null);
        post("[{\"body\":\"y\"}]");

        assertThat(answer()).startsWith("HTTP/1.1 200");
        assertThat(inlet.bodies()).containsExactly("y");
        assertThat(metrics.channelWriteFails.getCount()).isEqualTo(1);
    }

    @Test
    void theNextRequestIsReadOnceThisOneIsAnswered() {
        connect();
        inlet.hold();
        String twice = request("[{\"body\":\"1\"}]") + request("[{\"body\":\"2\"}]");
        connection.writeInbound(Unpooled.copiedBuffer(twice, StandardCharsets.US_ASCII));
        assertThat(inlet.heldBatches()).isEqualTo(1);
        assertThat(answer()).isEmpty();

        inlet.release();
        connection.runPendingTasks();

        assertThat(inlet.bodies()).containsExactly("1", "2");
        assertThat(answer().split("HTTP/1.1 200", -1)).hasSize(3);
    }

    @Test
    void chunksAndAskingBeforeSendingAreUnderstood() {
        connect();
        sendText("POST /any/path HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n");
        assertThat(answer()).startsWith("HTTP/1.1 100 Continue");
        sendText("8\r\n[{\"body\"\r\n5\r\n:\"x\"}\r\n1\r\n]\r\n0\r\n\r\n");

        assertThat(answer()).startsWith("HTTP/1.1 200");
        assertThat(inlet.bodies()).containsExactly("x");
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({"TRACE, 403", "OPTIONS, 403", "PUT, 405", "DELETE, 405", "PATCH, 501", "GET, 500", "HEAD, 500"})
    void methodsAreAnsweredAsByAServlet(String method, int status) {
        connect();

        sendText(head(method, "") + "\r\n");

        assertThat(answer()).startsWith("HTTP/1.1 " + status);
    }

    @Test
    void compressedContentIsReadAndABombIsRefused() throws IOException {
        connect("maxRequestBytes", "100000");
        send(head("POST", "Content-Encoding: gzip\r\n"), gzip("[{\"body\":\"x\"}]"));
        assertThat(answer()).startsWith("HTTP/1.1 200");
        assertThat(inlet.bodies()).containsExactly("x");

        send(head("POST", "Content-Encoding: gzip\r\n"), gzip("[{\"body\":\"" + "0".repeat(10_000_000) + "\"}]"));
        assertThat(answer()).startsWith("HTTP/1.1 413");
        send(head("POST", "Content-Encoding: gzip\r\n"), "no gzip".getBytes(StandardCharsets.US_ASCII));
        assertThat(answer()).startsWith("HTTP/1.1 400");
        sendText(head("POST", "Content-Encoding: br\r\n") + "\r\n");
        assertThat(answer()).startsWith("HTTP/1.1 415");
    }

    @Test
    void contentThatIsTooLongIsRefusedBeforeItComesOrAsItComes() {
        connect("maxRequestBytes", "100");
        sendText("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 101\r\n\r\n");
        assertThat(answer()).startsWith("HTTP/1.1 413").contains("connection: close");

        connect("maxRequestBytes", "100");
        sendText("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n" + "[".repeat(101));
        assertThat(answer()).startsWith("HTTP/1.1 413");
        assertThat(registry.counter("source.r1.requestsRefused.413").getCount()).isEqualTo(2);
    }

    @Test
    void whatAllRequestsTogetherHoldIsBounded() {
        connect();
        assertThat(held.tryAdd((1 << 20) - 5)).isTrue();
        sendText(head("POST", "Content-Length: 1000\r\n") + "\r\n" + "[".repeat(10));
        held.remove((1 << 20) - 5);

        assertThat(answer()).startsWith("HTTP/1.1 503");
    }

    @Test
    void whatContentBecomesOnceItIsReadIsBoundedToo() throws IOException {
        connect();
        byte[] packed = gzip("[{\"body\":\"" + "0".repeat(100_000) + "\"}]");
        assertThat(held.tryAdd((1 << 20) - 50_000)).isTrue(); // for the content there is room
        send(head("POST", "Content-Encoding: gzip\r\n"), packed);
        assertThat(answer()).startsWith("HTTP/1.1 503");
        assertThat(inlet.bodies()).isEmpty();

        held.remove((1 << 20) - 50_000);
        send(head("POST", "Content-Encoding: gzip\r\n"), packed);

        assertThat(answer()).startsWith("HTTP/1.1 200");
        assertThat(inlet.bodies()).hasSize(1);
    }

    @Test
    void eventsThatAreMoreThanMayEverBeHeldAreNotToBeSentAgain() {
        connect("maxReceiveBytes", "65536");
        assertThat(held.tryAdd((1 << 20) - 65_600)).isTrue(); // for the content there is room
        post("[{\"body\":\"" + "0".repeat(65_500) + "\"}]");
        held.remove((1 << 20) - 65_600);

        assertThat(answer()).startsWith("HTTP/1.1 413");
    }

    @ParameterizedTest(name = "refused: {0}")
    @ValueSource(booleans = {false, true})
    void howDeepARequestIsReadDoesNotDependOnThoseBeforeIt(boolean isRefused) {
        DepthInlet depth = new DepthInlet(isRefused);
        behind = depth;
        connect();

        sendText(request("[{\"body\":\"x\"}]").repeat(100));
        assertThat(depth.frames).hasSize(1); // and the others wait in the pipeline
        depth.first.complete(null);
        connection.runPendingTasks();

        assertThat(depth.frames).hasSize(100);
        assertThat(depth.frames.get(99)).isLessThanOrEqualTo(depth.frames.get(10) + 20);
        assertThat(answer().split("HTTP/1.1 " + (isRefused ? "503" : "200"), -1))
                .hasSize(isRefused ? 100 : 101);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 14\r\n\r\n[{\"body\":\"x\"}]",
                "GET / HTTP/1.1\r\n\r\n"
            })
    void whoSendsThousandsOfRequestsAheadIsHeldBackAndNotCutOff(String request) {
        int requests = 5_000;
        DepthInlet slow = new DepthInlet(false);
        behind = slow;
        connect();

        sendText(request("[{\"body\":\"first\"}]") + request.repeat(requests));
        assertThat(slow.frames).hasSize(1);
        assertThat(connection.config().isAutoRead()).isFalse();
        slow.first.complete(null);

        assertThat(answer().split("HTTP/1.1 ", -1)).hasSize(1 + 1 + requests);
        assertThat(connection.isOpen()).isTrue();
        assertThat(connection.config().isAutoRead()).isTrue();
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(
            delimiter = '|',
            value = {"no http|400", "GET /LONG HTTP/1.1\\r\\n\\r\\n|414", "GET / HTTP/1.1\\r\\nA: LONG\\r\\n\\r\\n|431"
            })
    void whatIsNoHttpIsRefused(String text, int status) {
        connect();

        sendText(text.replace("\\r", "\r").replace("\\n", "\n").replace("LONG", "x".repeat(9000)) + "\r\n\r\n");

        assertThat(answer()).startsWith("HTTP/1.1 " + status);
    }

    @Test
    void aRequestThatTakesTooLongIsGivenUp() {
        connection.freezeTime();
        connect("requestTimeout", "5");
        connection.freezeTime();
        sendText(head("POST", "Content-Length: 1000\r\n") + "\r\n[");
        connection.advanceTimeBy(6, TimeUnit.SECONDS);
        connection.runScheduledPendingTasks();

        assertThat(answer()).startsWith("HTTP/1.1 408");
        assertThat(registry.counter("source.r1.connectionsTimedOut").getCount()).isEqualTo(1);
    }

    @Test
    void aBlobIsTheBodyAndParametersAreItsHeaders() {
        connect("handler", "org.apache.flume.source.http.BLOBHandler", "handler.mandatoryParameters", "a, b");
        send("POST /x?a=1&b=%C3%BC&a=2 HTTP/1.1\r\nHost: h\r\n", "bytes\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(answer()).startsWith("HTTP/1.1 200");
        assertThat(inlet.accepted()).containsExactly(new Accepted(Map.of("a", "1", "b", "ü"), "bytes\n"));

        send("POST /?a=1 HTTP/1.1\r\nHost: h\r\n", new byte[0]);
        assertThat(answer()).startsWith("HTTP/1.1 500").contains("Please specify b parameter");
        send("POST /?a=%zz HTTP/1.1\r\nHost: h\r\n", new byte[0]);
        assertThat(answer()).startsWith("HTTP/1.1 400");
    }

    @Test
    void morphlinesBlobHasItsContentTypeAndIsCut() {
        connect(
                "handler",
                MorphlineBlobHandlerFactory.CLASS_NAME,
                "handler.maxBlobLength",
                "5",
                "maxRequestBytes",
                "10");
        send(
                "POST /?a=1 HTTP/1.1\r\nHost: h\r\nContent-Type: text/x\r\n",
                "123456789012".getBytes(StandardCharsets.US_ASCII));

        assertThat(answer()).startsWith("HTTP/1.1 200");
        assertThat(inlet.accepted()).containsExactly(new Accepted(Map.of("a", "1", "Content-Type", "text/x"), "12345"));
    }

    @Test
    void aHandlerOfAPlugInSeesTheHeadAndTheContentOfARequest() {
        connect("handler", "one_header", "handler.size", "5");
        send("POST /p?q=1 HTTP/1.1\r\nHost: h\r\nX-Event: abc\r\n", "de".getBytes(StandardCharsets.US_ASCII));

        assertThat(answer()).startsWith("HTTP/1.1 200");
        Map<String, String> headers = Map.of("method", "POST", "uri", "/p?q=1");
        assertThat(inlet.accepted()).containsExactly(new Accepted(headers, "abc"), new Accepted(headers, "de"));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"X-Event: abcdef, 422", "X-Other: a, 500"})
    void whatAHandlerOfAPlugInRefusesOrFailsAtIsAnsweredAndHarmsNobody(String header, int status) {
        connect("handler", "one_header", "handler.size", "5");
        send("POST / HTTP/1.1\r\nHost: h\r\n" + header + "\r\n", "de".getBytes(StandardCharsets.US_ASCII));

        assertThat(answer()).startsWith("HTTP/1.1 " + status);
        assertThat(connection.isOpen()).isTrue();
        assertThat(inlet.accepted()).isEmpty();
    }

    private void connect(String... keysAndValues) {
        Map<String, String> values = new HashMap<>(Map.of("port", "0"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            values.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        RecordedProblems problems = new RecordedProblems();
        problems.offers(ComponentFactory.OfHttpHandler.class, new OneHeaderHandlerFactory());
        SourceContext context = new SourceContext("a1", "r1", behind, metrics, new FakeClock());
        HttpSettings settings = HttpSettings.read(context, problems.settings(values));
        assertThat(problems.problems()).isEmpty();
        connection.finishAndReleaseAll();
        connection = new EmbeddedChannel();
        PeerLog log = new PeerLog(LoggerFactory.getLogger(HttpConnectionTest.class), "r1", new FakeClock());
        ConnectionFigures connections = new ConnectionFigures(metrics);
        ReadGate gate = new ReadGates(behind, PendingBytes.UNLIMITED, connections).open(connection, 1);
        HttpFigures figures = new HttpFigures(metrics, held);
        RequestPuts puts = new RequestPuts(
                connection.eventLoop(),
                behind,
                new InletFlush(behind, connection.eventLoop()),
                held,
                settings.maxReceiveBytes(),
                figures);
        HttpConnection requests = new HttpConnection(connection, puts, gate, settings, held, figures, connections, log);
        HttpPipeline.addTo(connection.pipeline(), settings, requests);
    }

    private static String head(String method, String headers) {
        return method + " / HTTP/1.1\r\nHost: h\r\n" + headers;
    }

    private static String request(String content) {
        return head("POST", "Content-Length: " + content.getBytes(StandardCharsets.UTF_8).length + "\r\n") + "\r\n"
                + content;
    }

    private void post(String content) {
        sendText(request(content));
    }

    private void send(String head, byte[] content) {
        byte[] start = (head + "Content-Length: " + content.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        connection.writeInbound(Unpooled.copiedBuffer(start, content));
    }

    private void sendText(String text) {
        connection.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
    }

    private String answer() {
        connection.runPendingTasks();
        StringBuilder all = new StringBuilder();
        for (Object part = connection.readOutbound(); part != null; part = connection.readOutbound()) {
            if (part instanceof ByteBuf bytes) {
                all.append(bytes.toString(StandardCharsets.UTF_8));
                bytes.release();
            }
        }
        return all.toString();
    }

    /** Takes its time for the first, then takes what comes at once, or does not, and looks how deep that is on the stack. */
    private static final class DepthInlet implements Inlet {
        private final boolean isRefusing;
        private final List<Long> frames = new ArrayList<>();
        private final CompletableFuture<Void> first = new CompletableFuture<>();

        DepthInlet(boolean isRefusing) {
            this.isRefusing = isRefusing;
        }

        @Override
        public CompletableFuture<Void> submit(EventBatch batch) {
            batch.release();
            frames.add(StackWalker.getInstance().walk(Stream::count));
            if (frames.size() == 1) {
                return first;
            }
            return isRefusing
                    ? CompletableFuture.failedFuture(new ChannelFullException("full"))
                    : CompletableFuture.completedFuture(null);
        }

        @Override
        public void put(EventBatch batch) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean hasRoom() {
            return true;
        }

        @Override
        public void onRoom(Runnable action) {
            action.run();
        }
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(text.getBytes(StandardCharsets.US_ASCII));
        }
        return packed.toByteArray();
    }
}
