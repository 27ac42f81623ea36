package org.millrace.jms;

import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.jms.Message;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.Source;
import org.millrace.api.SourceContext;
import org.millrace.api.part.MessageConverter;
import org.millrace.api.part.PartContext;
import org.millrace.api.support.Pauses;
import org.millrace.api.support.SourceLoop;
import org.millrace.jms.JmsSettings.DestinationLocator;
import org.millrace.jms.JmsSettings.DestinationType;

/** Makes JMS sources, of Flume's keys, and {@code converter.objectMessages}, which is ours. */
public final class JmsSourceFactory implements ComponentFactory.OfSource {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    @Override
    public List<String> typeNames() {
        return List.of("jms", "org.apache.flume.source.jms.JMSSource");
    }

    @Override
    public String summary() {
        return "Reads the messages of a JMS queue or topic; acknowledges them when every required channel has their events";
    }

    @Override
    public Source create(SourceContext context, Settings settings) {
        JmsSettings jms = readSettings(settings, JndiNames.ofSystem());
        int batchEvents = settings.integer(JmsSource.BATCH_SIZE, 1, Integer.MAX_VALUE)
                .about("the most messages in a batch, which is acknowledged as one")
                .orElse(100);
        Duration pollTimeout = settings.duration("pollTimeout", ChronoUnit.MILLIS, 0, Integer.MAX_VALUE)
                .about("how long to wait for the first message of a batch, in milliseconds")
                .orElse(Duration.ofSeconds(1));
        int errorThreshold = settings.integer("errorThreshold", 0, Integer.MAX_VALUE)
                .about("failures of the provider's in a row that its connection may have before there is a new one")
                .orElse(10);
        JmsReader reader = new JmsReader(
                context.name(),
                jms,
                batchEvents,
                pollTimeout,
                errorThreshold,
                readConverter(context, settings),
                context.metrics());
        Pauses retries = Pauses.doubling(FIRST_PAUSE, LONGEST_PAUSE);
        SourceLoop.Pace pace = new SourceLoop.Pace(Pauses.ofPolledSource(settings), retries, retries);
        return new JmsSource(context, jms, batchEvents, reader, pace);
    }

    static JmsSettings readSettings(Settings settings, JndiNames names) {
        DestinationLocator locator = settings.oneOf("destinationLocator", DestinationLocator.class)
                .about("whether the session makes the destination of its name, or the name is looked up by JNDI")
                .orElse(DestinationLocator.CDI);
        String contextFactory = settings.value(
                        "initialContextFactory", "the name of a class", UnaryOperator.identity(), "")
                .about("the class by which the provider's names are looked up, of its client")
                .required();
        String providerUrl = settings.value("providerURL", "the provider's address", names::checkProvider, "")
                .about(
                        "the provider's address; of none of Java's own directories unless -DJndiAllowedProtocols names it")
                .required();
        JmsSettings read = new JmsSettings(
                contextFactory,
                providerUrl,
                settings.masked(JmsSettings.withoutOptions(providerUrl)),
                jndiName(settings, names, "connectionFactory")
                        .about("the JNDI name of the connection factory; without a scheme, or of java:")
                        .orElse("ConnectionFactory"),
                (locator == DestinationLocator.JNDI
                                ? jndiName(settings, names, "destinationName")
                                : settings.value("destinationName", "a name", UnaryOperator.identity(), ""))
                        .about("the queue or topic")
                        .required(),
                settings.oneOf("destinationType", DestinationType.class)
                        .about("what it is")
                        .required(),
                locator,
                text(
                        settings,
                        "messageSelector",
                        "only messages for which this is true are read; the provider decides"),
                text(settings, "userName", "who connects"),
                readPasswordFile(settings),
                text(settings, "clientId", "the name of the connection at the provider, for a durable subscription"),
                readDurableSubscription(settings));
        checkDurable(settings, read);
        return read;
    }

    private static Settings.Value<String> jndiName(Settings settings, JndiNames names, String key) {
        return settings.value(key, "a name without a scheme, or of java:", names::check, "");
    }

    private static @Nullable Path readPasswordFile(Settings settings) {
        return settings.path("passwordFile")
                .about("a file with the password in it; read at each connection")
                .orNull();
    }

    private static @Nullable String readDurableSubscription(Settings settings) {
        boolean isDurable = settings.bool("createDurableSubscription")
                .about(
                        "whether a topic's messages are kept for this source while it is away; needs clientId and durableSubscriptionName")
                .orElse(false);
        String name = text(settings, "durableSubscriptionName", "the name of the durable subscription");
        if (isDurable && name == null) {
            settings.problem("durableSubscriptionName", "missing (expected: a name, for createDurableSubscription)");
        }
        return isDurable ? name : null;
    }

    private static void checkDurable(Settings settings, JmsSettings read) {
        if (read.durableSubscription() == null) {
            return;
        }
        if (read.destinationType() != DestinationType.TOPIC) {
            settings.problem("createDurableSubscription", "true (expected: false, the destination is a queue)");
        }
        if (read.clientId() == null) {
            settings.problem("clientId", "missing (expected: a name, for createDurableSubscription)");
        }
    }

    @SuppressWarnings(
            "unchecked") // a class cannot tell what its factories' converters take: a wrong one refuses each message
    private static MessageConverter<Message> readConverter(SourceContext context, Settings settings) {
        return (MessageConverter<Message>) settings.part("converter.type", ComponentFactory.OfMessageConverter.class)
                .keysUnder("converter.")
                .about("what makes events of messages")
                .orElse(DefaultConverterFactory.NAME, (factory, keys) -> factory.create(PartContext.of(context), keys));
    }

    /** An empty text is none, as in Flume. */
    private static @Nullable String text(Settings settings, String key, String meaning) {
        String text = settings.string(key).about(meaning).orNull();
        return text == null || text.isEmpty() ? null : text;
    }
}
