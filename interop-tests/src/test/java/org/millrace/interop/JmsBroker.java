package org.millrace.interop;

import javax.jms.Connection;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.MessageProducer;
import javax.jms.Session;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.broker.BrokerService;
import org.millrace.testkit.process.AgentProcess;

/** A JMS broker of a test's own, which forgets all when it is closed. Thread-safe. */
public final class JmsBroker implements AutoCloseable {
    /** For a JVM of Flume's: it takes the provider's address for a JNDI name, too; we need no flag. */
    public static final String FLUMES_FLAG = "-DJndiAllowedProtocols=tcp";

    private final BrokerService broker = new BrokerService();

    private JmsBroker() {}

    public static JmsBroker start() throws Exception {
        JmsBroker started = new JmsBroker();
        started.broker.setPersistent(false);
        started.broker.setUseJmx(false);
        started.broker.setUseShutdownHook(false);
        started.broker.addConnector("tcp://127.0.0.1:0");
        started.broker.start();
        started.broker.waitUntilStarted();
        return started;
    }

    /** What a client is told to connect to. */
    public String url() throws Exception {
        return broker.getTransportConnectors().get(0).getConnectUri().toString();
    }

    /** Makes the messages that a queue is to get. */
    public interface Messages {
        Iterable<Message> of(Session session) throws JMSException;
    }

    /** Puts messages into a queue. */
    public void send(String queue, Messages messages) throws Exception {
        Connection connection = new ActiveMQConnectionFactory(url()).createConnection();
        try {
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            MessageProducer producer = session.createProducer(session.createQueue(queue));
            for (Message message : messages.of(session)) {
                producer.send(message);
            }
        } finally {
            connection.close();
        }
    }

    /** The jars of our own class path that Flume needs to reach the broker. */
    public static String clientClassPath() {
        return AgentProcess.ofOurClassPath("activemq-client", "hawtbuf", "jms-api");
    }

    @Override
    public void close() throws Exception {
        broker.stop();
    }
}
