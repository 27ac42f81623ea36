package org.millrace.jms;

import javax.jms.Connection;
import javax.jms.DeliveryMode;
import javax.jms.Destination;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.MessageProducer;
import javax.jms.Session;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.broker.Broker;
import org.apache.activemq.broker.BrokerFilter;
import org.apache.activemq.broker.BrokerPlugin;
import org.apache.activemq.broker.BrokerService;
import org.apache.activemq.broker.ConnectionContext;
import org.apache.activemq.broker.TransportConnector;
import org.apache.activemq.broker.region.Queue;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.ActiveMQQueue;
import org.apache.activemq.command.ActiveMQTopic;
import org.apache.activemq.command.ConnectionInfo;

/** An ActiveMQ broker in this JVM that remembers nothing, reached over TCP by the user {@code flume}. */
final class TestBroker implements AutoCloseable {
    static final String USER = "flume";
    static final String PASSWORD = "s3cret";

    private final BrokerService service = new BrokerService();
    private final int port;

    /** @param port 0 for a free one */
    TestBroker(int port) throws Exception {
        service.setBrokerName("b" + System.nanoTime());
        service.setPersistent(false);
        service.setUseJmx(false);
        service.setUseShutdownHook(false);
        service.setPlugins(new BrokerPlugin[] {PasswordCheck::new});
        TransportConnector connector = service.addConnector("tcp://127.0.0.1:" + port);
        service.start();
        service.waitUntilStarted();
        this.port = connector.getConnectUri().getPort();
    }

    /** As a client has to name it; a message that is sent back comes at once, and once only. */
    String url() {
        return "tcp://127.0.0.1:" + port()
                + "?jms.redeliveryPolicy.maximumRedeliveries=1&jms.redeliveryPolicy.initialRedeliveryDelay=0"
                + "&jms.redeliveryPolicy.redeliveryDelay=0";
    }

    int port() {
        return port;
    }

    /** Makes a message. */
    interface Maker {
        Message make(Session session) throws JMSException;
    }

    void toQueue(String queue, Maker... messages) throws JMSException {
        send(new ActiveMQQueue(queue), messages);
    }

    void toTopic(String topic, Maker... messages) throws JMSException {
        send(new ActiveMQTopic(topic), messages);
    }

    void textsToQueue(String queue, String... texts) throws JMSException {
        for (String text : texts) {
            toQueue(queue, session -> session.createTextMessage(text));
        }
    }

    private void send(Destination to, Maker... messages) throws JMSException {
        Connection connection =
                new ActiveMQConnectionFactory("tcp://127.0.0.1:" + port()).createConnection(USER, PASSWORD);
        try {
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            MessageProducer producer = session.createProducer(to);
            producer.setDeliveryMode(DeliveryMode.PERSISTENT);
            for (Maker message : messages) {
                producer.send(message.make(session));
            }
        } finally {
            connection.close();
        }
    }

    /** Messages of a queue that nobody has acknowledged. */
    long left(String queue) throws Exception {
        ActiveMQDestination name = new ActiveMQQueue(queue);
        return service.getDestination(name) instanceof Queue found
                ? found.getDestinationStatistics().getMessages().getCount()
                : 0;
    }

    @Override
    public void close() throws Exception {
        service.stop();
        service.waitUntilStopped();
    }

    private static final class PasswordCheck extends BrokerFilter {
        PasswordCheck(Broker next) {
            super(next);
        }

        @Override
        public void addConnection(ConnectionContext context, ConnectionInfo info) throws Exception {
            if (!USER.equals(info.getUserName()) || !PASSWORD.equals(info.getPassword())) {
                throw new SecurityException("user or password is wrong");
            }
            super.addConnection(context, info);
        }
    }
}
