package org.millrace.logback;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Layout;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.millrace.shipper.LogHeaders;
import org.millrace.shipper.LogShipper;
import org.millrace.shipper.ShipperListener;
import org.millrace.shipper.ShipperSettings;

/**
 * Sends events to a relay, or to a Flume agent's Avro source, with the headers of Flume's log4j appender; the body is what the layout
 * makes, or the message where there is none. Who logs does not wait: events go through the buffer of a {@link LogShipper}.
 *
 * <pre>{@code
 * <appender name="relay" class="org.millrace.logback.MillraceAppender">
 *   <hosts>relay1:4141 relay2:4141</hosts>
 * </appender>
 * }</pre>
 */
public final class MillraceAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
    private String hosts = "";
    private long timeoutMillis = ShipperSettings.DEFAULT_TIMEOUT_MILLIS;
    private int batchEvents = ShipperSettings.DEFAULT_BATCH_EVENTS;
    private int maxEvents = ShipperSettings.DEFAULT_MAX_EVENTS;
    private long maxBytes = ShipperSettings.DEFAULT_MAX_BYTES;
    private String whenFull = "drop-newest";
    private long flushTimeoutMillis = ShipperSettings.DEFAULT_FLUSH_MILLIS;
    private @Nullable String tls;
    private @Nullable Layout<ILoggingEvent> layout;

    private @Nullable LogHeaders headers;
    private volatile @Nullable LogShipper shipper;

    /** Relays as {@code host:port}, with blanks between. */
    public void setHosts(String hosts) {
        this.hosts = hosts;
    }

    /** To connect, and for each answer: 20000. */
    public void setTimeoutMillis(long timeoutMillis) {
        this.timeoutMillis = timeoutMillis;
    }

    /** In one request: 100. */
    public void setBatchEvents(int batchEvents) {
        this.batchEvents = batchEvents;
    }

    /** In the buffer: 10000. */
    public void setMaxEvents(int maxEvents) {
        this.maxEvents = maxEvents;
    }

    /** In the buffer: 16 MiB. */
    public void setMaxBytes(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** {@code drop-newest}, {@code drop-oldest} or {@code block}. */
    public void setWhenFull(String whenFull) {
        this.whenFull = whenFull;
    }

    /** How long a stop waits for what is in the buffer: 5000. */
    public void setFlushTimeoutMillis(long flushTimeoutMillis) {
        this.flushTimeoutMillis = flushTimeoutMillis;
    }

    /** A properties file with the keys of TLS, such as {@code truststore}; TLS is spoken if there is one. */
    public void setTls(String tls) {
        this.tls = tls;
    }

    /** Makes the body; without one it is the message. */
    public void setLayout(Layout<ILoggingEvent> layout) {
        this.layout = layout;
    }

    /** Events that a relay has stored. */
    public long shipped() {
        LogShipper current = shipper;
        return current == null ? 0 : current.shipped();
    }

    /**
     * Events that were dropped: no room, who logged was interrupted or the appender stopped, the layout threw or they cannot be encoded, or
     * relays take others and not them.
     */
    public long dropped() {
        LogShipper current = shipper;
        return current == null ? 0 : current.dropped();
    }

    /** Does not start, and says so in Logback's status, if a property cannot be. */
    @Override
    public void start() {
        try {
            ShipperSettings settings = ShipperSettings.of(
                    hosts, timeoutMillis, batchEvents, maxEvents, maxBytes, whenFull, flushTimeoutMillis);
            LogShipper starting = new LogShipper(
                    String.valueOf(getName()),
                    tls == null ? settings : settings.withTls(Path.of(tls)),
                    new StatusLog());
            headers = LogHeaders.ofThisHost();
            starting.start();
            shipper = starting;
            super.start();
        } catch (IllegalArgumentException e) {
            addError("Millrace appender " + getName() + ": " + e.getMessage());
        }
    }

    @Override
    protected void append(ILoggingEvent event) {
        LogShipper current = shipper;
        LogHeaders of = headers;
        if (current != null && of != null) {
            String body;
            try {
                body = body(event);
            } catch (RuntimeException e) { // Logback has it in its status
                current.dropUnencodable(e);
                throw e;
            }
            // Logback's numbers of levels are those of Log4j 1
            current.ship(
                    of.of(
                            event.getLoggerName(),
                            event.getTimeStamp(),
                            event.getLevel().toInt()),
                    String.valueOf(body).getBytes(UTF_8));
        }
    }

    private String body(ILoggingEvent event) {
        Layout<ILoggingEvent> by = layout;
        return by == null ? event.getFormattedMessage() : by.doLayout(event);
    }

    /** Waits for what is in the buffer, as long as {@code flushTimeoutMillis} says. */
    @Override
    public void stop() {
        super.stop();
        LogShipper stopping = shipper;
        if (stopping != null) {
            stopping.close();
        }
    }

    /** Logback's own status, which goes through no appender. */
    private final class StatusLog implements ShipperListener {
        @Override
        public void warn(String message, @Nullable Throwable cause) {
            addWarn("Millrace appender " + message, cause);
        }

        @Override
        public void info(String message) {
            addInfo("Millrace appender " + message);
        }
    }
}
