package org.millrace.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.codahale.metrics.MetricRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import javax.jms.BytesMessage;
import javax.jms.JMSException;
import javax.jms.MapMessage;
import javax.jms.Message;
import javax.jms.Session;
import javax.jms.TextMessage;
import org.apache.activemq.command.ActiveMQObjectMessage;
import org.apache.activemq.command.ActiveMQTextMessage;
import org.apache.activemq.util.ByteSequence;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.api.BatchTooLargeException;
import org.millrace.api.ChannelException;
import org.millrace.api.SourceMetrics;
import org.millrace.api.StartException;
import org.millrace.api.part.MessageConverter;
import org.millrace.codec.EventBatch;
import org.millrace.jms.DefaultConverter.ObjectMessages;
import org.millrace.testkit.Batches;
import org.millrace.testkit.RecordingInlet;
import org.millrace.testkit.RecordingInlet.Accepted;
import org.millrace.testkit.process.FreePorts;

/** The source against a real broker: ActiveMQ Classic. */
class JmsSourceIT {
    private static TestBroker broker;

    @TempDir
    private Path directory;

    private final RecordingInlet inlet = new RecordingInlet();

    @BeforeAll
    static void start() throws Exception {
        broker = new TestBroker(0);
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
    }

    @Test
    void messagesOfEachKindBecomeEventsAndAreAcknowledged() throws Exception {
        byte[] bytes = {0, 1, -1, 127};
        Map<String, String> map = Map.of("answer", "42");
        broker.toQueue(
                "kinds",
                session -> text(session, "wéb"),
                session -> bytes(session, bytes),
                Session::createMessage,
                JmsSourceIT::map,
                session -> session.createTextMessage(null),
                session -> session.createObjectMessage(new TreeMap<>(map)));

        try (SourceUnderTest source = source("kinds")) {
            awaitEvents(6);

            assertThat(inlet.accepted().subList(0, 5))
                    .containsExactly(
                            new Accepted(Map.of("n", "7", "ok", "true", "who", "é"), "wéb"),
                            new Accepted(Map.of(), new String(bytes, StandardCharsets.UTF_8)),
                            new Accepted(Map.of(), ""),
                            new Accepted(Map.of(), ""),
                            new Accepted(Map.of(), ""));
            assertThat(inlet.accepted().get(5).body())
                    .startsWith(new String(serialized(new TreeMap<>(map)), StandardCharsets.UTF_8));
            await().until(() -> broker.left("kinds") == 0);
            assertThat(source.metrics.eventsAccepted.getCount()).isEqualTo(6);
            assertThat(source.isConnected()).isTrue();
        }
    }

    @Test
    void textsAreWrittenInTheCharacterSetThatIsAskedFor() throws Exception {
        broker.textsToQueue("latin", "é");
        try (SourceUnderTest source = source("latin", "converter.charset", "UTF-16BE")) {
            awaitEvents(1);

            assertThat(inlet.bodies()).containsExactly("\0\ufffd");
            assertThat(source.metrics.eventsReceived.getCount()).isEqualTo(1);
        }
    }

    @Test
    void batchHasNoMoreMessagesThanItsSize() throws Exception {
        broker.textsToQueue("batches", "1", "2", "3", "4", "5");
        try (SourceUnderTest source = source("batches", "batchSize", "2")) {
            awaitEvents(5);

            assertThat(inlet.bodies()).containsExactly("1", "2", "3", "4", "5");
            assertThat(source.metrics.appendBatchesAccepted.getCount()).isGreaterThanOrEqualTo(3);
        }
    }

    @Test
    void refusedBatchIsPutAgainAndAcknowledgedOnlyThen() throws Exception {
        inlet.refuseWith(new ChannelException("full"));
        broker.textsToQueue("refused", "1", "2");
        try (SourceUnderTest source = source("refused")) {
            await().until(() -> source.metrics.channelWriteFails.getCount() >= 2);
            assertThat(broker.left("refused")).isEqualTo(2);

            inlet.refuseWith(null);
            awaitEvents(2);
            await().until(() -> broker.left("refused") == 0);
            assertThat(inlet.bodies()).containsExactly("1", "2");
        }
    }

    @Test
    void whatTheChannelsDoNotHaveAtAStopStaysInTheQueue() throws Exception {
        inlet.refuseWith(new ChannelException("full"));
        broker.textsToQueue("stopped", "1", "2");
        try (SourceUnderTest source = source("stopped")) {
            await().until(() -> source.metrics.channelWriteFails.getCount() >= 1);
        }
        assertThat(broker.left("stopped")).isEqualTo(2);

        inlet.refuseWith(null);
        try (SourceUnderTest again = source("stopped")) {
            awaitEvents(2);
            assertThat(again.metrics.eventsAccepted.getCount()).isEqualTo(2);
        }
        assertThat(inlet.bodies()).containsExactly("1", "2");
    }

    @Test
    void onlyMessagesThatAreSelectedAreRead() throws Exception {
        try (SourceUnderTest source = source("selected", "messageSelector", "level > 3")) {
            await().until(source::isConnected);
            broker.toQueue("selected", session -> leveled(session, 1), session -> leveled(session, 5));
            awaitEvents(1);

            assertThat(inlet.bodies()).containsExactly("level 5");
            assertThat(broker.left("selected")).isEqualTo(1);
        }
    }

    @Test
    void destinationMayBeLookedUp() throws Exception {
        broker.textsToQueue("looked.up", "found");
        try (SourceUnderTest source = source("dynamicQueues/looked.up", "destinationLocator", "JNDI")) {
            awaitEvents(1);
            assertThat(source.count("connects")).isEqualTo(1);
        }
    }

    @Test
    void durableSubscriptionKeepsWhatATopicSendsMeanwhile() throws Exception {
        String[] durable = {
            "destinationType",
            "topic",
            "clientId",
            "millrace",
            "createDurableSubscription",
            "true",
            "durableSubscriptionName",
            "sub"
        };
        try (SourceUnderTest source = source("news", durable)) {
            await().until(source::isConnected);
        }
        broker.toTopic("news", session -> text(session, "while away"));
        try (SourceUnderTest source = source("news", durable)) {
            awaitEvents(1);
            assertThat(source.isConnected()).isTrue();
        }
        assertThat(inlet.bodies()).containsExactly("while away");
    }

    @Test
    void messageOfWhichNoEventCanBeMadeIsSentBackAloneAndEndsAmongTheBrokersDeadLetters() throws Exception {
        broker.textsToQueue("poison", "1", "2");
        broker.toQueue("poison", JmsSourceIT::broken);
        broker.textsToQueue("poison", "3");
        try (SourceUnderTest source = source("poison")) {
            awaitEvents(3);

            assertThat(inlet.bodies()).containsExactly("1", "2", "3");
            await().until(() -> broker.left("ActiveMQ.DLQ") == 1);
            await().until(() -> broker.left("poison") == 0);
            assertThat(source.count("messagesRefused")).isEqualTo(2);
        }
    }

    @Test
    void messageThatTheProviderCannotReadIsSentBackAndThoseBehindItComeThrough() throws Exception {
        broker.textsToQueue("unreadable", "1");
        broker.toQueue("unreadable", JmsSourceIT::unreadable);
        broker.textsToQueue("unreadable", "2");
        try (SourceUnderTest source = source("unreadable")) {
            awaitEvents(2);

            assertThat(inlet.bodies()).containsExactly("1", "2");
            await().until(() -> broker.left("unreadable") == 0);
            assertThat(source.count("messagesRefused")).isEqualTo(2);
            assertThat(source.count("connects")).isEqualTo(1);
        }
    }

    @Test
    void messageThatTheConverterTripsOverIsRefusedAsAnyOther() throws Exception {
        broker.textsToQueue("tripped", "1");
        SourceMetrics metrics = new SourceMetrics("j1", new MetricRegistry());
        Charset unwritable =
                Charset.forName("ISO-2022-CN"); // for which Java has no encoder, and says so by an exception
        DefaultConverter converter = new DefaultConverter(unwritable, ObjectMessages.REFUSE, metrics);
        try (JmsReader reader =
                new JmsReader("j1", settings("tripped"), 1, Duration.ofSeconds(10), 10, converter, metrics)) {
            assertThatThrownBy(reader::read)
                    .isInstanceOf(IOException.class)
                    .rootCause()
                    .hasMessageContaining(UnsupportedOperationException.class.getName());
        }
    }

    @Test
    void converterThatIsInterruptedLeavesTheThreadInterrupted() throws Exception {
        broker.textsToQueue("interrupted", "1");
        MessageConverter<Message> waits = (message, to) -> {
            throw new InterruptedException();
        };
        SourceMetrics metrics = new SourceMetrics("j1", new MetricRegistry());
        try (JmsReader reader =
                new JmsReader("j1", settings("interrupted"), 1, Duration.ofSeconds(10), 10, waits, metrics)) {
            assertThatThrownBy(reader::read).isInstanceOf(IOException.class).hasMessageContaining("interrupted");
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void whatAConverterThrowsShowsNoOptionOfTheAddress() throws Exception {
        broker.textsToQueue("shown", "1");
        JmsSettings settings = settings("shown");
        MessageConverter<Message> tells = (message, to) -> {
            throw new IllegalStateException("at " + settings.providerUrl() + "&jms.clientIDPrefix=sesame");
        };
        SourceMetrics metrics = new SourceMetrics("j1", new MetricRegistry());
        JmsSettings secret = withOption(settings, "&jms.clientIDPrefix=sesame");
        try (JmsReader reader = new JmsReader("j1", secret, 1, Duration.ofSeconds(10), 10, tells, metrics)) {
            assertThatThrownBy(reader::read)
                    .hasMessageContaining("no event can be made")
                    .satisfies(thrown -> {
                        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
                            assertThat(cause.toString()).doesNotContain("sesame");
                        }
                    });
        }
    }

    private static JmsSettings withOption(JmsSettings of, String option) {
        return new JmsSettings(
                of.initialContextFactory(),
                of.providerUrl() + option,
                of.shownProviderUrl(),
                of.connectionFactory(),
                of.destination(),
                of.destinationType(),
                of.destinationLocator(),
                of.selector(),
                of.userName(),
                of.passwordFile(),
                of.clientId(),
                of.durableSubscription());
    }

    @Test
    void converterOfAPlugInMakesSeveralEventsOfAMessageOrNone() throws Exception {
        broker.textsToQueue("own", "a b", "", "c");
        SourceMetrics metrics = new SourceMetrics("j1", new MetricRegistry());
        MessageConverter<Message> words = (message, to) -> {
            for (String word : ((TextMessage) message).getText().split(" ")) {
                if (!word.isEmpty()) {
                    to.add(Map.of(), word.getBytes(StandardCharsets.UTF_8));
                }
            }
        };
        try (JmsReader reader = new JmsReader("j1", settings("own"), 10, Duration.ofSeconds(10), 10, words, metrics)) {
            List<String> all = new ArrayList<>();
            for (int reads = 0; reads < 60 && all.size() < 3; reads++) { // one brings what the broker has sent so far
                EventBatch batch = reader.read();
                if (batch != null) {
                    all.addAll(Batches.bodies(batch));
                    batch.release();
                    reader.commit();
                }
            }
            assertThat(all).containsExactly("a", "b", "c");
        }
        await().until(() -> broker.left("own") == 0);
    }

    @Test
    void messageAtWhichAConverterEndsInAnErrorGoesBackToTheBroker() throws Exception {
        for (Error error : List.of(new NoClassDefFoundError("com/example/Missing"), new StackOverflowError())) {
            String queue = "erring." + error.getClass().getSimpleName();
            broker.textsToQueue(queue, "a");
            MessageConverter<Message> erring = (message, to) -> {
                throw error;
            };
            SourceMetrics metrics = new SourceMetrics("j1", new MetricRegistry());
            try (JmsReader reader =
                    new JmsReader("j1", settings(queue), 10, Duration.ofSeconds(10), 10, erring, metrics)) {
                assertThatThrownBy(() -> readSome(reader))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("of which no event can be made");
                assertThat(metrics.counter("messagesRefused").getCount()).isEqualTo(1);
            }
            assertThat(broker.left(queue)).isEqualTo(1);
        }
    }

    @Test
    void messageThatNoChannelCanTakeGoesBackToTheBroker() throws Exception {
        broker.textsToQueue("large", "too large");
        SourceMetrics metrics = new SourceMetrics("j1", new MetricRegistry());
        MessageConverter<Message> whole = (message, to) ->
                to.add(Map.of(), ((TextMessage) message).getText().getBytes(StandardCharsets.UTF_8));
        try (JmsReader reader =
                new JmsReader("j1", settings("large"), 10, Duration.ofSeconds(10), 10, whole, metrics)) {
            EventBatch batch = readSome(reader);
            assertThat(reader.keepsBack(new BatchTooLargeException("over byteCapacity")))
                    .isTrue();
            batch.release();
            assertThatThrownBy(reader::read)
                    .isInstanceOf(IOException.class)
                    .hasMessage("the provider has a message back: over byteCapacity");
            assertThat(metrics.counter("messagesRefused").getCount()).isEqualTo(1);
            assertThat(broker.left("large")).isEqualTo(1);

            readSome(reader).release();
            reader.commit();
        }
        await().until(() -> broker.left("large") == 0);
    }

    private static EventBatch readSome(JmsReader reader) throws IOException {
        for (int reads = 0; reads < 60; reads++) {
            EventBatch batch = reader.read();
            if (batch != null) {
                return batch;
            }
        }
        throw new AssertionError("nothing came");
    }

    @Test
    void brokerThatGoesAndComesBackIsConnectedToAgain() throws Exception {
        int port = FreePorts.next();
        TestBroker first = new TestBroker(port);
        try (SourceUnderTest source = source(first, "away")) {
            first.textsToQueue("away", "1");
            awaitEvents(1);
            await().until(() -> first.left("away") == 0);
            first.close();
            await().until(() -> !source.isConnected());
            try (TestBroker second = new TestBroker(port)) {
                second.textsToQueue("away", "2");
                awaitEvents(2);
                assertThat(source.count("connects")).isEqualTo(2);
            }
        }
        assertThat(inlet.bodies()).containsExactly("1", "2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"createConnection", "createConsumer", "receive", "commit"})
    void providerThatThrowsWhatItShouldNotIsConnectedToAgain(String method) throws Exception {
        connectsAgainAfter(method, () -> new IllegalStateException("of a provider"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"createConnection", "createConsumer", "receive", "commit"})
    void providerThatLacksAClassIsConnectedToAgain(String method) throws Exception {
        connectsAgainAfter(method, () -> new NoClassDefFoundError("com/example/Missing"));
    }

    private void connectsAgainAfter(String method, Supplier<Throwable> failure) throws Exception {
        TroubledProvider.failOnceIn(method, failure);
        broker.textsToQueue("troubled." + method, "1");
        try (SourceUnderTest source =
                source("troubled." + method, "initialContextFactory", TroubledProvider.class.getName())) {
            await().until(() -> source.metrics.eventReadFails.getCount() == 1);
            broker.textsToQueue("troubled." + method, "2");
            await().until(() -> inlet.bodies().contains("2"));
            await().until(() -> broker.left("troubled." + method) == 0);
            assertThat(inlet.bodies()).contains("1");
        }
    }

    @Test
    void connectionIsGoodAlsoWhereTheNamesDoNotCloseInOrder() throws Exception {
        TroubledProvider.failOnceIn("close", () -> new IllegalStateException("of a provider"));
        broker.textsToQueue("names", "1");
        try (SourceUnderTest source = source("names", "initialContextFactory", TroubledProvider.class.getName())) {
            awaitEvents(1);
            assertThat(source.metrics.eventReadFails.getCount()).isZero();
            assertThat(source.count("connects")).isEqualTo(1);
        }
    }

    @Test
    void brokerThatIsNotThereAtTheStartIsWaitedFor() throws Exception {
        try (SourceUnderTest source = new SourceUnderTest(inlet, directory, "tcp://127.0.0.1:1", "nobody")) {
            await().until(() -> source.metrics.eventReadFails.getCount() >= 2);
            assertThat(source.isConnected()).isFalse();
        }
    }

    @Test
    void startFailsWithoutTheProvidersClientOrThePassword() {
        assertThatThrownBy(() -> source("q", "initialContextFactory", "com.example.Nothing"))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("source j1: initialContextFactory: there is no class com.example.Nothing");
        assertThatThrownBy(() -> source("q", "passwordFile", "/nowhere/password"))
                .isInstanceOf(StartException.class)
                .hasMessage("source j1: passwordFile: cannot read /nowhere/password");
    }

    private SourceUnderTest source(String destination, String... keysAndValues) throws StartException {
        return source(broker, destination, keysAndValues);
    }

    private SourceUnderTest source(TestBroker at, String destination, String... keysAndValues) throws StartException {
        return new SourceUnderTest(inlet, directory, at.url(), destination, keysAndValues);
    }

    private void awaitEvents(int events) {
        await().until(() -> inlet.accepted().size() >= events);
    }

    private static Message text(Session session, String text) throws JMSException {
        TextMessage message = session.createTextMessage(text);
        if (text.equals("wéb")) {
            message.setIntProperty("n", 7);
            message.setBooleanProperty("ok", true);
            message.setStringProperty("who", "é");
        }
        return message;
    }

    private static Message leveled(Session session, int level) throws JMSException {
        Message message = session.createTextMessage("level " + level);
        message.setIntProperty("level", level);
        return message;
    }

    private static Message bytes(Session session, byte[] bytes) throws JMSException {
        BytesMessage message = session.createBytesMessage();
        message.writeBytes(bytes);
        return message;
    }

    private static Message map(Session session) throws JMSException {
        MapMessage message = session.createMapMessage();
        message.setString("a", "b");
        return message;
    }

    /** Says that it is compressed, and is not. */
    private static Message broken(Session session) throws JMSException {
        ActiveMQObjectMessage message = (ActiveMQObjectMessage) session.createObjectMessage();
        message.setContent(new ByteSequence(new byte[] {1, 2, 3}));
        message.setCompressed(true);
        return message;
    }

    /** Text whose bytes are none of UTF-8. */
    private static Message unreadable(Session session) throws JMSException {
        ActiveMQTextMessage message = (ActiveMQTextMessage) session.createTextMessage();
        message.setContent(new ByteSequence(new byte[] {0, 0, 0, 2, (byte) 0xff, (byte) 0xff}));
        return message;
    }

    private JmsSettings settings(String queue) throws IOException {
        Path password = Files.writeString(directory.resolve("password"), TestBroker.PASSWORD);
        return new JmsSettings(
                "org.apache.activemq.jndi.ActiveMQInitialContextFactory",
                broker.url(),
                broker.url(),
                "ConnectionFactory",
                queue,
                JmsSettings.DestinationType.QUEUE,
                JmsSettings.DestinationLocator.CDI,
                null,
                TestBroker.USER,
                password,
                null,
                null);
    }

    private static byte[] serialized(Object object) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(object);
        }
        return bytes.toByteArray();
    }
}
