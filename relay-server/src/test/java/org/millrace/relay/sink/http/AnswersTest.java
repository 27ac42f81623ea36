package org.millrace.relay.sink.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.millrace.relay.sink.http.Answers.Exchange;
import org.millrace.testkit.ReleaseCheck;

class AnswersTest {
    private static final Duration TIMEOUT = Duration.ofMillis(200);

    private final ReleaseCheck releases = new ReleaseCheck();

    @AfterEach
    void everythingIsGivenBack() {
        releases.assertAllReleased();
    }

    @Test
    void aBodyThatCannotBeWrittenEndsTheConnectionBeforeAnotherIsTakenForIt() {
        EmbeddedChannel connection = connection(new SecondBodyFails(1000), Duration.ZERO);
        List<Exchange> exchanges =
                IntStream.range(0, 3).mapToObj(i -> exchange(1000)).toList();

        send(connection, exchanges);

        assertThat(connection.isOpen()).isFalse();
        assertThat(connection.outboundMessages()).isEmpty();
        assertThat(exchanges)
                .allSatisfy(each -> assertThatThrownBy(() -> each.answer().getNow(0))
                        .rootCause()
                        .hasMessage("no room"));
        connection.finishAndReleaseAll();
    }

    @Test
    void aSlowUploadAndASlowAnswerAreNoSilence() {
        SlowLine line = new SlowLine();
        EmbeddedChannel connection = connection(line, TIMEOUT);
        connection.freezeTime();
        Exchange exchange = exchange(200_000);

        send(connection, List.of(exchange));
        while (line.letOneThrough()) {
            pass(connection, TIMEOUT.minusMillis(1));
        }
        for (String part : List.of("HTTP/1.1 2", "00 OK\r\nContent-Length: 3\r\n\r\n", "ab", "c")) {
            assertThat(exchange.answer()).isNotDone();
            connection.writeInbound(Unpooled.copiedBuffer(part, StandardCharsets.US_ASCII));
            pass(connection, TIMEOUT.minusMillis(1));
        }

        assertThat(exchange.answer()).isCompletedWithValue(200);
        pass(connection, TIMEOUT.multipliedBy(2));
        assertThat(connection.isOpen()).isTrue();
        connection.finishAndReleaseAll();
    }

    @Test
    void aServerThatStopsToTakeWhatItIsSentIsGivenUp() {
        SlowLine line = new SlowLine();
        EmbeddedChannel connection = connection(line, TIMEOUT);
        connection.freezeTime();
        Exchange exchange = exchange(200_000);

        send(connection, List.of(exchange));
        line.letOneThrough();
        pass(connection, TIMEOUT);

        assertThat(connection.isOpen()).isFalse();
        assertThatThrownBy(() -> exchange.answer().getNow(0)).rootCause().hasMessage("no answer within 200 ms");
        line.endAll();
        connection.finishAndReleaseAll();
    }

    private static void pass(EmbeddedChannel connection, Duration time) {
        connection.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
        connection.runScheduledPendingTasks();
    }

    private static EmbeddedChannel connection(ChannelOutboundHandlerAdapter line, Duration timeout) {
        return new EmbeddedChannel(line, new HttpClientCodec(), new Answers(timeout));
    }

    private static void send(EmbeddedChannel connection, List<Exchange> exchanges) {
        Answers answers = connection.pipeline().get(Answers.class);
        answers.send(connection.pipeline().context(answers), exchanges);
    }

    private static Exchange exchange(int bodyBytes) {
        HttpRequest head = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/");
        head.headers().set(HttpHeaderNames.CONTENT_LENGTH, bodyBytes);
        return new Exchange(head, Unpooled.wrappedBuffer(new byte[bodyBytes]), new CompletableFuture<>());
    }

    /** As where memory ends while a body is copied for the socket: nothing but the write's promise tells. */
    private static final class SecondBodyFails extends ChannelOutboundHandlerAdapter {
        private final int bodyBytes;
        private int bodies;

        SecondBodyFails(int bodyBytes) {
            this.bodyBytes = bodyBytes;
        }

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            if (((ByteBuf) message).readableBytes() == bodyBytes && ++bodies == 2) {
                ReferenceCountUtil.release(message);
                promise.setFailure(new OutOfMemoryError("no room"));
            } else {
                context.write(message, promise);
            }
        }
    }

    /** Takes all at once, and passes it on only bit by bit. */
    private static final class SlowLine extends ChannelOutboundHandlerAdapter {
        private final Deque<ChannelPromise> underWay = new ArrayDeque<>();

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            ReferenceCountUtil.release(message);
            underWay.add(promise);
        }

        /** False if there is nothing more. */
        boolean letOneThrough() {
            ChannelPromise next = underWay.poll();
            return next != null && next.trySuccess();
        }

        void endAll() {
            underWay.forEach(promise -> promise.tryFailure(new ClosedChannelException()));
        }
    }
}
