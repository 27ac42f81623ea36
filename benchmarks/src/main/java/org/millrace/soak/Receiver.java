package org.millrace.soak;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.millrace.testkit.process.EventServer;

/**
 * The end of the chain, in a process of its own: checks each event, keeps its number, and answers to a {@link ReceiverProcess}. Peers
 * that are cut off in the middle of a call are to be expected here.
 */
final class Receiver implements EventServer.Taker {
    private final NumberSet numbers = new NumberSet();
    private long events;
    private long altered;

    Receiver() {}

    /** Listens on the port given, until its standard input ends. Orders: {@code count}, or a file to write the numbers to. Standard output is for the answers alone. */
    public static void main(String[] args) throws IOException {
        Receiver receiver = new Receiver();
        try (EventServer server = new EventServer(Integer.parseInt(args[0]), receiver);
                BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String order = orders.readLine(); order != null; order = orders.readLine()) {
                System.out.println(receiver.obey(order));
                System.out.flush();
            }
        }
    }

    private synchronized String obey(String order) throws IOException {
        if (!order.equals("count")) {
            numbers.writeTo(Path.of(order));
        }
        return numbers.size() + " " + events + " " + altered;
    }

    @Override
    public void take(Map<String, String> headers, byte[] body) {
        try {
            record(SoakEvent.check(headers, body));
        } catch (IllegalArgumentException e) {
            altered(e);
        }
    }

    private synchronized void record(long number) {
        numbers.add(number);
        events++;
    }

    private synchronized void altered(IllegalArgumentException why) {
        System.err.println("an event that was not sent like this: " + why.getMessage());
        altered++;
    }

    @Override
    public void fault(Exception why) {
        System.err.println("a connection ended: " + why);
    }
}
