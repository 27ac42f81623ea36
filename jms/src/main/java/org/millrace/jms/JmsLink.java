package org.millrace.jms;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Hashtable;
import javax.jms.Connection;
import javax.jms.ConnectionFactory;
import javax.jms.Destination;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.MessageConsumer;
import javax.jms.Session;
import javax.jms.Topic;
import javax.naming.Context;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to the provider with one session, whose messages are acknowledged by its commit. One thread, but for {@link #isLost}
 * and what sets it.
 */
final class JmsLink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JmsSource.class);

    private final Connection connection;
    private final Session session;
    private final MessageConsumer consumer;

    private volatile @Nullable JMSException lost;

    private JmsLink(Connection connection, Session session, MessageConsumer consumer) {
        this.connection = connection;
        this.session = session;
        this.consumer = consumer;
    }

    /** @throws IOException if a file cannot be read, or what is looked up is something else */
    static JmsLink open(JmsSettings settings) throws IOException, JMSException, NamingException {
        String password = readPassword(settings);
        InitialContext names = new InitialContext(environment(settings, password));
        try {
            ConnectionFactory factory = lookup(names, settings.connectionFactory(), ConnectionFactory.class);
            Connection connection = settings.userName() == null
                    ? factory.createConnection()
                    : factory.createConnection(settings.userName(), password);
            boolean isOpen = false;
            try {
                JmsLink link = open(settings, names, connection);
                isOpen = true;
                return link;
            } finally {
                if (!isOpen) {
                    close(connection);
                }
            }
        } finally {
            close(names);
        }
    }

    private static JmsLink open(JmsSettings settings, InitialContext names, Connection connection)
            throws IOException, JMSException, NamingException {
        if (settings.clientId() != null) {
            connection.setClientID(settings.clientId()); // before anything else is done with it
        }
        Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
        Destination destination = destination(settings, names, session);
        MessageConsumer consumer = settings.durableSubscription() == null
                ? session.createConsumer(destination, settings.selector())
                : session.createDurableSubscriber(
                        (Topic) destination, settings.durableSubscription(), settings.selector(), true);
        JmsLink link = new JmsLink(connection, session, consumer);
        connection.setExceptionListener(e -> link.lost = e);
        connection.start();
        return link;
    }

    private static Destination destination(JmsSettings settings, InitialContext names, Session session)
            throws IOException, JMSException, NamingException {
        boolean isTopic = settings.destinationType() == JmsSettings.DestinationType.TOPIC;
        if (settings.destinationLocator() == JmsSettings.DestinationLocator.JNDI) {
            return isTopic
                    ? lookup(names, settings.destination(), Topic.class)
                    : lookup(names, settings.destination(), Destination.class);
        }
        return isTopic ? session.createTopic(settings.destination()) : session.createQueue(settings.destination());
    }

    /** The password, without white space around it; null without a file. */
    static @Nullable String readPassword(JmsSettings settings) throws IOException {
        return settings.passwordFile() == null
                ? null
                : Files.readString(settings.passwordFile(), StandardCharsets.UTF_8)
                        .trim();
    }

    @SuppressWarnings("JdkObsolete") // JNDI takes no other map
    private static Hashtable<String, String> environment(JmsSettings settings, @Nullable String password) {
        Hashtable<String, String> environment = new Hashtable<>();
        environment.put(Context.INITIAL_CONTEXT_FACTORY, settings.initialContextFactory());
        environment.put(Context.PROVIDER_URL, settings.providerUrl());
        if (settings.userName() != null) {
            environment.put(Context.SECURITY_PRINCIPAL, settings.userName());
            if (password != null) {
                environment.put(Context.SECURITY_CREDENTIALS, password);
            }
        }
        return environment;
    }

    @SuppressWarnings("BanJNDI") // the operator's own names, which JndiNames has let through
    private static <T> T lookup(InitialContext names, String name, Class<T> type) throws IOException, NamingException {
        Object found = names.lookup(name);
        if (!type.isInstance(found)) {
            throw new IOException(name + " is a "
                    + (found == null ? "nothing" : found.getClass().getName()) + " (expected: a " + type.getName()
                    + ")");
        }
        return type.cast(found);
    }

    /** True once the provider has said that the connection is gone. */
    boolean isLost() {
        return lost != null;
    }

    /** Why it is lost; null while it is not known to be. */
    @Nullable
    JMSException whyLost() {
        return lost;
    }

    /** @return null if none came in time */
    @Nullable
    Message receive(long millis) throws JMSException {
        return millis > 0 ? consumer.receive(millis) : consumer.receiveNoWait();
    }

    void commit() throws JMSException {
        session.commit();
    }

    void rollback() throws JMSException {
        session.rollback();
    }

    @Override
    public void close() {
        close(connection); // and with it the session and the consumer
    }

    private static void close(InitialContext names) {
        try {
            names.close();
        } catch (NamingException | RuntimeException | LinkageError | StackOverflowError e) {
            LOG.debug(
                    "the names of the JMS provider do not close in order: {}",
                    e.getClass().getName());
        }
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (JMSException | RuntimeException | LinkageError | StackOverflowError e) {
            LOG.debug(
                    "the connection to the JMS provider does not close in order: {}",
                    e.getClass().getName());
        }
    }
}
