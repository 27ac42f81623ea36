package org.millrace.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.ObjectMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.api.BatchSized;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.Source;
import org.millrace.api.SourceContext;
import org.millrace.api.SourceMetrics;
import org.millrace.api.part.MessageConverter;
import org.millrace.api.part.PartContext;
import org.millrace.api.part.RefusedMessageException;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.jms.DefaultConverter.ObjectMessages;
import org.millrace.jms.JmsSettings.DestinationLocator;
import org.millrace.jms.JmsSettings.DestinationType;
import org.millrace.testkit.RecordedProblems;
import org.millrace.testkit.RecordingInlet;

class JmsSourceFactoryTest {
    private final RecordedProblems problems = new RecordedProblems();
    private final MetricRegistry registry = new MetricRegistry();
    private final SourceMetrics metrics = new SourceMetrics("j1", registry);

    @Test
    void leastSettingsHaveFlumesDefaults() {
        assertThat(((BatchSized) create()).batchEvents()).isEqualTo(100);
        assertThat(problems.problems()).isEmpty();
        assertThat(read())
                .isEqualTo(new JmsSettings(
                        "com.example.Factory",
                        "tcp://mq:61616",
                        "tcp://mq:61616",
                        "ConnectionFactory",
                        "events",
                        DestinationType.QUEUE,
                        DestinationLocator.CDI,
                        null,
                        null,
                        null,
                        null,
                        null));
    }

    @Test
    void logsShowTheAddressWithoutItsOptions() {
        JmsSettings read = read("providerURL", "failover:(tcp://a:1?x=sesame,tcp://b:2)?jms.password=sesame");
        assertThat(read.shownProviderUrl()).isEqualTo("failover:(tcp://a:1,tcp://b:2)");
        assertThat(read.shown("no broker at " + read.providerUrl() + " yet"))
                .isEqualTo("no broker at failover:(tcp://a:1,tcp://b:2) yet");
        assertThat(read.shown("bad parameters: {x=sesame, jms.password=sesame}"))
                .isEqualTo("bad parameters: {x=******, jms.password=******}");
        assertThat(read.shown(null)).isEqualTo("null");
    }

    @Test
    void nothingThatTheProviderThrowsShowsAnOptionOfItsAddress() {
        JmsSettings read = read("providerURL", "failover:(tcp://a:1?x=sesame,tcp://b:2)?jms.password=sesame");
        Exception inner = new IOException("no route to tcp://a:1?x=sesame");
        Exception thrown = new JMSException("gave up, ?jms.password=sesame");
        thrown.initCause(inner);

        StringWriter logged = new StringWriter();
        read.loggable(thrown).printStackTrace(new PrintWriter(logged));

        assertThat(logged.toString())
                .doesNotContain("sesame")
                .contains("javax.jms.JMSException: gave up, ")
                .containsPattern("Caused by: .*java.io.IOException: no route to tcp://a:1")
                .contains("nothingThatTheProviderThrows");
    }

    @Test
    void causesInARingEnd() {
        JmsSettings read = read("providerURL", "tcp://a:1");
        Exception one = new JMSException("one");
        one.initCause(new IOException("two", one));

        assertThat(read.loggable(one)).hasMessageContaining("one").cause().hasMessageContaining("two");
    }

    @Test
    void everyKeyIsTaken() {
        String[] all = {
            "connectionFactory",
            "java:comp/env/cf",
            "destinationLocator",
            "jndi",
            "destinationType",
            "Topic",
            "messageSelector",
            "a = 1",
            "userName",
            "u",
            "passwordFile",
            "/etc/pw",
            "clientId",
            "me",
            "createDurableSubscription",
            "true",
            "durableSubscriptionName",
            "sub",
            "batchSize",
            "7",
            "pollTimeout",
            "5",
            "errorThreshold",
            "0",
            "converter.type",
            "default",
            "converter.charset",
            "ISO-8859-1",
            "converter.objectMessages",
            "skip",
            "backoffSleepIncrement",
            "10",
            "maxBackoffSleep",
            "20"
        };

        assertThat(((BatchSized) create(all)).batchEvents()).isEqualTo(7);
        assertThat(read(all))
                .isEqualTo(new JmsSettings(
                        "com.example.Factory",
                        "tcp://mq:61616",
                        "tcp://mq:61616",
                        "java:comp/env/cf",
                        "events",
                        DestinationType.TOPIC,
                        DestinationLocator.JNDI,
                        "a = 1",
                        "u",
                        Path.of("/etc/pw"),
                        "me",
                        "sub"));
        assertThat(problems.problems()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "destinationType, stack, 'stack (expected: one of: queue, topic)'",
        "destinationLocator, dns, 'dns (expected: one of: cdi, jndi)'",
        "batchSize, 0, '0 (expected: a whole number, at least 1)'",
        "pollTimeout, -1, '-1 (expected: a number of milliseconds, at least 0)'",
        "errorThreshold, -1, '-1 (expected: a whole number, at least 0)'",
        "createDurableSubscription, maybe, 'maybe (expected: true or false)'",
        "converter.type, com.example.Own, 'com.example.Own (expected: one of: DEFAULT; classes written for Flume are not loaded; one of your own comes in a plug-in)'",
        "converter.charset, klingon, 'klingon (expected: a character set, such as UTF-8; there is none of that name)'",
        "converter.charset, ISO-2022-CN, 'ISO-2022-CN (expected: a character set, such as UTF-8; this one can only be read)'",
        "converter.objectMessages, trust, 'trust (expected: one of: refuse, skip, deserialize)'",
        "backoffSleepIncrement, 0, '0 (expected: a number of milliseconds, at least 1)'",
        "maxBackoffSleep, 0, '0 (expected: a number of milliseconds, at least 1)'",
        "connectionFactory, ldap://evil/x, 'ldap://evil/x (expected: a name without a scheme, or of java:; the scheme ldap is not allowed; -DJndiAllowedProtocols=ldap would allow it)'",
        "providerURL, rmi://evil:1099/x, 'rmi://evil:1099/x (expected: the provider''s address; the scheme rmi is not allowed; -DJndiAllowedProtocols=rmi would allow it)'",
        "durableSubscriptionName, '', ",
    })
    void badValueIsRefused(String key, String value, String message) {
        create(key, value);

        if (message == null) {
            assertThat(problems.problems()).isEmpty(); // empty is left out, as in Flume
        } else {
            assertThat(problems.problems()).containsExactly(key + ": " + message);
        }
    }

    @Test
    void converterOfAPlugInIsFoundByItsNameAndReadsItsKeys() {
        problems.offers(ComponentFactory.OfMessageConverter.class, new OwnConverterFactory());

        create("converter.type", "own", "converter.depth", "deep");

        assertThat(problems.problems()).containsExactly("converter.depth: deep (expected: a whole number, at least 1)");
    }

    private static final class OwnConverterFactory implements ComponentFactory.OfMessageConverter<Message> {
        @Override
        public List<String> typeNames() {
            return List.of("own");
        }

        @Override
        public MessageConverter<Message> create(PartContext context, Settings settings) {
            settings.integer("depth", 1, Integer.MAX_VALUE).orElse(1);
            return (message, to) -> {};
        }
    }

    @Test
    void whatIsRequiredIsAskedFor() {
        JmsSourceFactory.readSettings(problems.settings(Map.of()), new JndiNames(""));

        assertThat(problems.problems())
                .containsExactly(
                        "initialContextFactory: missing (expected: the name of a class)",
                        "providerURL: missing (expected: the provider's address)",
                        "destinationName: missing (expected: a name)",
                        "destinationType: missing (expected: one of: queue, topic)");
    }

    @Test
    void durableSubscriptionNeedsATopicAndTwoNames() {
        create("createDurableSubscription", "true");
        create("createDurableSubscription", "true", "durableSubscriptionName", "sub");

        assertThat(problems.problems())
                .containsExactly(
                        "durableSubscriptionName: missing (expected: a name, for createDurableSubscription)",
                        "createDurableSubscription: true (expected: false, the destination is a queue)",
                        "clientId: missing (expected: a name, for createDurableSubscription)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ldap://h/x", "LDAP:x", "rmi:x", " dns:x", "iiop://h", "file:x", "vm:x"})
    void nameWithASchemeIsNotLookedUpUnlessItIsAllowed(String name) {
        assertThatThrownBy(() -> new JndiNames("").check(name)).isInstanceOf(IllegalArgumentException.class);
        String scheme = name.substring(0, name.indexOf(':')).trim();

        assertThat(new JndiNames("other, " + scheme).check(name)).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ConnectionFactory", "java:/jms/cf", "JAVA:comp/env", "dynamicQueues/a:b", "jms/cf"})
    void nameWithoutASchemeIsLookedUp(String name) {
        assertThat(new JndiNames("").check(name)).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp://a:1", "failover:(tcp://a:1,ssl://b:2)", "t3://w:7001", "vm://local", "a:1,b:2"})
    void addressOfAProviderMayHaveItsOwnScheme(String url) {
        assertThat(new JndiNames("").checkProvider(url)).isEqualTo(url);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ldap://a", "failover:(tcp://a:1,ldap://b)", "tcp://a RMI://b"})
    void addressOfOneOfJavasDirectoriesIsRefused(String url) {
        assertThatThrownBy(() -> new JndiNames("").checkProvider(url)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void objectOfAProviderThatGivesNoBytesIsRefusedSkippedOrTrusted() throws Exception {
        EventBatchBuilder builder = new EventBatchBuilder();

        assertThatThrownBy(() -> converter(ObjectMessages.REFUSE).convert(foreignObject(false), builder))
                .isInstanceOf(RefusedMessageException.class)
                .hasMessageContaining("converter.objectMessages");
        converter(ObjectMessages.SKIP).convert(foreignObject(false), builder);
        assertThat(builder.events()).isZero();
        assertThat(registry.counter("source.j1.objectMessagesSkipped").getCount())
                .isEqualTo(1);
        converter(ObjectMessages.DESERIALIZE).convert(foreignObject(true), builder);

        EventBatch batch = builder.build();
        assertThat(batch.events()).isEqualTo(1);
        assertThat(batch.bodyBytes()).isEqualTo(10); // "obj" as Java writes it
        batch.release();
    }

    @Test
    void goesByFlumesNames() {
        assertThat(new JmsSourceFactory().typeNames()).containsExactly("jms", "org.apache.flume.source.jms.JMSSource");
    }

    private DefaultConverter converter(ObjectMessages objects) {
        return new DefaultConverter(StandardCharsets.UTF_8, objects, metrics);
    }

    /** @param mayBeRead whether to ask for the object is all right */
    private static ObjectMessage foreignObject(boolean mayBeRead) {
        return (ObjectMessage) Proxy.newProxyInstance(
                ObjectMessage.class.getClassLoader(),
                new Class<?>[] {ObjectMessage.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getObject" -> {
                        assertThat(mayBeRead).as("the object is deserialised").isTrue();
                        yield "obj";
                    }
                    case "getPropertyNames" -> Collections.emptyEnumeration();
                    default -> throw new AssertionError(method);
                });
    }

    private JmsSettings read(String... keysAndValues) {
        return JmsSourceFactory.readSettings(problems.settings(values(keysAndValues)), new JndiNames(""));
    }

    private Source create(String... keysAndValues) {
        return new JmsSourceFactory()
                .create(
                        new SourceContext("a1", "j1", new RecordingInlet(), metrics, InstantSource.system()),
                        problems.settings(values(keysAndValues)));
    }

    private static Map<String, String> values(String... keysAndValues) {
        Map<String, String> values = new HashMap<>(Map.of(
                "initialContextFactory",
                "com.example.Factory",
                "providerURL",
                "tcp://mq:61616",
                "destinationName",
                "events",
                "destinationType",
                "QUEUE"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            values.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return values;
    }
}
