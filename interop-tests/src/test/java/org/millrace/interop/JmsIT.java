package org.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.jms.BytesMessage;
import javax.jms.JMSException;
import javax.jms.MapMessage;
import javax.jms.Message;
import javax.jms.Session;
import javax.jms.StreamMessage;
import javax.jms.TextMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.testkit.process.AgentProcess;
import org.millrace.testkit.process.AgentProcess.Kind;
import org.millrace.testkit.process.EventServer;

/** The JMS sources of Flume and ours, each on a queue of its own of one broker, with the same messages in both. */
class JmsIT {
    private static final int MESSAGES = 8;

    private static final String MORE = "flume.peer.more";

    @Test
    void theSameMessagesBecomeTheSameEvents(@TempDir Path dir) throws Exception {
        JmsBroker broker = JmsBroker.start();
        String url = broker.url();
        broker.send("for.flume", JmsIT::messages);
        broker.send("for.us", JmsIT::messages);
        Events flumes = new Events();
        Events ours = new Events();
        System.setProperty(MORE, JmsBroker.clientClassPath());
        try (EventServer behindFlume = new EventServer(0, flumes);
                EventServer behindUs = new EventServer(0, ours);
                AgentProcess flume = AgentProcess.launch(
                        Kind.FLUME,
                        "flume",
                        dir,
                        List.of(JmsBroker.FLUMES_FLAG),
                        agent(url, "for.flume", behindFlume.port()));
                AgentProcess us = AgentProcess.launch(
                        Kind.MILLRACE, "ours", dir, List.of(), agent(url, "for.us", behindUs.port()))) {
            flume.awaitOpen();
            us.awaitOpen();
            await().until(() -> flumes.size() >= MESSAGES && ours.size() >= MESSAGES);

            assertThat(ours.list().subList(0, MESSAGES - 1))
                    .isEqualTo(flumes.list().subList(0, MESSAGES - 1));
            // An object: what the sender serialised, which ActiveMQ ends with a reset, beside what Flume serialises
            // again.
            assertThat(ours.list().get(MESSAGES - 1)).isEqualTo(flumes.list().get(MESSAGES - 1) + "79");
        } finally {
            System.clearProperty(MORE);
            broker.close();
        }
    }

    private static List<Message> messages(Session session) throws JMSException {
        TextMessage properties = session.createTextMessage("grüße\r\n");
        properties.setStringProperty("text", "wéb 01");
        properties.setIntProperty("int", -7);
        properties.setLongProperty("long", Long.MAX_VALUE);
        properties.setBooleanProperty("boolean", true);
        properties.setDoubleProperty("double", 1.5e300);
        properties.setFloatProperty("float", 0.1f);
        properties.setByteProperty("byte", (byte) -1);
        properties.setStringProperty("empty", "");
        properties.setJMSCorrelationID("not a property");
        BytesMessage bytes = session.createBytesMessage();
        bytes.writeBytes(new byte[] {0, -1, 10, 13, 127});
        MapMessage map = session.createMapMessage();
        map.setString("key", "value");
        StreamMessage stream = session.createStreamMessage();
        stream.writeInt(4);
        return List.of(
                properties,
                session.createTextMessage(""),
                session.createTextMessage(null),
                bytes,
                session.createBytesMessage(),
                map,
                stream,
                session.createObjectMessage("an object"));
    }

    private static String agent(String url, String queue, int port) {
        return AgentFiles.channel("s", "k") + """
                a.sources.s.type = jms
                a.sources.s.channels = c
                a.sources.s.initialContextFactory = org.apache.activemq.jndi.ActiveMQInitialContextFactory
                a.sources.s.providerURL = %s
                a.sources.s.destinationName = %s
                a.sources.s.destinationType = QUEUE
                a.sources.s.batchSize = 3
                """.formatted(url, queue) + AgentFiles.avroSink("k", port, 100, "none");
    }

    /** What arrived, as text. */
    private static final class Events implements EventServer.Taker {
        private final List<String> list = new ArrayList<>();

        @Override
        public synchronized void take(Map<String, String> headers, byte[] body) {
            list.add(new TreeMap<>(headers) + " " + HexFormat.of().formatHex(body));
        }

        @Override
        public synchronized void fault(Exception why) {
            if (!(why instanceof IOException)) { // an agent that ends is no fault
                list.add(why.toString());
            }
        }

        synchronized int size() {
            return list.size();
        }

        synchronized List<String> list() {
            return List.copyOf(list);
        }
    }
}
