package org.millrace.listener;

import org.millrace.api.Settings;

/**
 * What a source that takes datagrams needs to know.
 *
 * @param host to listen on; empty for all addresses of the machine
 * @param port 0 lets the system choose one
 * @param maxPendingBytes {@code maxPendingBytes}: bytes of events that are not in their channels yet; with more, datagrams are dropped
 * @param receiveBufferBytes {@code receiveBufferBytes}: how much the system is asked to hold for us; 0 for what it holds by itself
 */
public record DatagramSettings(String host, int port, long maxPendingBytes, int receiveBufferBytes) {
    /** @param hostKey the name of the key for the host */
    public static DatagramSettings read(Settings settings, String hostKey) {
        String host = settings.host(hostKey)
                .about("the address to listen on; all of the machine's where it is left out")
                .byDefault("")
                .orElse("");
        int port = TcpSettings.port(settings);
        long maxPending = StreamSettings.maxPendingBytes(
                settings, "bytes of events that are not in their channels yet; with more, datagrams are dropped");
        int receiveBuffer = (int) (long) settings.bytes("receiveBufferBytes", 0, Integer.MAX_VALUE)
                .about("what the system is asked to hold of datagrams until they are read; 0: as much as it does by"
                        + " itself")
                .orElse(0L);
        return new DatagramSettings(host, port, maxPending, receiveBuffer);
    }
}
