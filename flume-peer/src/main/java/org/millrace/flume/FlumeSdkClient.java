package org.millrace.flume;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.flume.Event;
import org.apache.flume.EventDeliveryException;
import org.apache.flume.FlumeException;
import org.apache.flume.api.RpcClient;
import org.apache.flume.api.RpcClientFactory;
import org.apache.flume.api.SecureRpcClientFactory;
import org.apache.flume.event.EventBuilder;

/**
 * Drives the client of Flume's SDK by orders on standard input, one a line, so that many sendings cost one JVM:
 *
 * <pre>send PORT COMPRESSION EVENTS BATCH BODY_BYTES FIRST_SEQ
 *use PROPERTIES_FILE
 *batch EVENTS BODY_BYTES FIRST_SEQ
 *single BODY_BYTES SEQ</pre>
 *
 * The file of {@code use} may ask for Kerberos over Thrift. {@code send} with a client of its own, {@code batch} and {@code single} with the one that {@code use} has made. Answered by {@code sent EVENTS},
 * {@code using FILE} or {@code failed REASON}. Ends with its input. The events are the numbered ones that {@code NumberedEvents} of
 * the interop tests knows how to check.
 */
public final class FlumeSdkClient {
    private static RpcClient current;

    private FlumeSdkClient() {}

    public static void main(String[] args) throws IOException {
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        String order;
        while ((order = orders.readLine()) != null) {
            System.out.println(carryOut(order.split(" ")));
        }
        System.exit(0); // the SDK leaves threads behind
    }

    private static String carryOut(String[] order) {
        return switch (order[0]) {
            case "use" -> use(order[1]);
            case "batch" -> batch(
                    Integer.parseInt(order[1]), Integer.parseInt(order[2]), Integer.parseInt(order[3]));
            case "single" -> single(Integer.parseInt(order[1]), Integer.parseInt(order[2]));
            default -> sendAll(order);
        };
    }

    private static String use(String file) {
        try {
            if (current != null) {
                current.close();
            }
            current = client(file);
            return "using " + file;
        } catch (FlumeException | IOException e) {
            return "failed " + e + " caused by " + e.getCause();
        }
    }

    /** One that speaks Kerberos comes of another factory. */
    private static RpcClient client(String file) throws IOException {
        Properties settings = new Properties();
        try (Reader in = Files.newBufferedReader(Path.of(file))) {
            settings.load(in);
        }
        return settings.containsKey("kerberos")
                ? SecureRpcClientFactory.getThriftInstance(settings)
                : RpcClientFactory.getInstance(new File(file));
    }

    private static String batch(int events, int bodyBytes, int firstSeq) {
        List<Event> batch = new ArrayList<>(events);
        for (int seq = firstSeq; seq < firstSeq + events; seq++) {
            batch.add(event(seq, bodyBytes));
        }
        try {
            current.appendBatch(batch);
            return "sent " + events;
        } catch (EventDeliveryException | FlumeException e) {
            return "failed " + e + " caused by " + e.getCause();
        }
    }

    private static String single(int bodyBytes, int seq) {
        try {
            current.append(event(seq, bodyBytes));
            return "sent 1";
        } catch (EventDeliveryException | FlumeException e) {
            return "failed " + e + " caused by " + e.getCause();
        }
    }

    private static String sendAll(String[] order) {
        int events = Integer.parseInt(order[3]);
        int batch = Integer.parseInt(order[4]);
        int bodyBytes = Integer.parseInt(order[5]);
        int firstSeq = Integer.parseInt(order[6]);
        try {
            RpcClient client = RpcClientFactory.getInstance(settings(order[1], order[2], batch));
            try {
                send(client, events, batch, bodyBytes, firstSeq);
            } finally {
                client.close();
            }
            return "sent " + events;
        } catch (EventDeliveryException | FlumeException e) {
            return "failed " + e + " caused by " + e.getCause();
        }
    }

    private static void send(RpcClient client, int events, int batch, int bodyBytes, int firstSeq)
            throws EventDeliveryException {
        List<Event> next = new ArrayList<>(batch);
        for (int seq = firstSeq; seq < firstSeq + events; seq++) {
            Event event = event(seq, bodyBytes);
            if (batch == 1 && seq % 2 == 0) {
                client.append(event); // both messages of the protocol
                continue;
            }
            next.add(event);
            if (next.size() == batch) {
                client.appendBatch(next);
                next.clear();
            }
        }
        client.appendBatch(next);
    }

    private static Event event(int seq, int bodyBytes) {
        byte[] body = new byte[bodyBytes];
        for (int i = 0; i < bodyBytes; i++) {
            body[i] = (byte) ((((seq * 31) + i) * 0x9E3779B1) >>> 24);
        }
        return EventBuilder.withBody(body, Map.of("seq", Integer.toString(seq), "host", "wéb01"));
    }

    private static Properties settings(String port, String compression, int batch) {
        Properties settings = new Properties();
        settings.setProperty("client.type", "default");
        settings.setProperty("hosts", "h1");
        settings.setProperty("hosts.h1", "127.0.0.1:" + port);
        settings.setProperty("batch-size", Integer.toString(batch));
        settings.setProperty("compression-type", compression);
        return settings;
    }
}
