package org.millrace.log4j2;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.Core;
import org.apache.logging.log4j.core.Filter;
import org.apache.logging.log4j.core.Layout;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.apache.logging.log4j.core.config.plugins.Plugin;
import org.apache.logging.log4j.core.config.plugins.PluginBuilderAttribute;
import org.apache.logging.log4j.core.config.plugins.PluginBuilderFactory;
import org.jspecify.annotations.Nullable;
import org.millrace.shipper.LogHeaders;
import org.millrace.shipper.LogShipper;
import org.millrace.shipper.ShipperListener;
import org.millrace.shipper.ShipperSettings;

/**
 * Sends events to a relay, or to a Flume agent's Avro source, with the headers of Flume's log4j appender; the body is what the layout
 * makes, or the message where there is none. Who logs does not wait: events go through the buffer of a {@link LogShipper}.
 *
 * <pre>{@code <Millrace name="relay" hosts="relay1:4141 relay2:4141"/>}</pre>
 */
@Plugin(name = "Millrace", category = Core.CATEGORY_NAME, elementType = Appender.ELEMENT_TYPE, printObject = true)
public final class MillraceAppender extends AbstractAppender {
    private static final int LEVEL_STEP = 10_000;

    private final LogShipper shipper;
    private final LogHeaders headers = LogHeaders.ofThisHost();

    private MillraceAppender(
            String name,
            @Nullable Filter filter,
            @Nullable Layout<? extends Serializable> layout,
            boolean ignoreExceptions,
            Property[] properties,
            ShipperSettings settings) {
        super(name, filter, layout, ignoreExceptions, properties);
        this.shipper = new LogShipper(name, settings, new StatusLog());
    }

    @PluginBuilderFactory
    public static Builder newBuilder() {
        return new Builder();
    }

    /** Events that a relay has stored. */
    public long shipped() {
        return shipper.shipped();
    }

    /**
     * Events that were dropped: no room, who logged was interrupted or the appender stopped, the layout threw or they cannot be encoded, or
     * relays take others and not them.
     */
    public long dropped() {
        return shipper.dropped();
    }

    @Override
    public void start() {
        shipper.start();
        super.start();
    }

    @Override
    public void append(LogEvent event) {
        byte[] body;
        try {
            body = body(event);
        } catch (RuntimeException e) { // what Log4j makes of it is for ignoreExceptions to say
            shipper.dropUnencodable(e);
            throw e;
        }
        shipper.ship(headers.of(event.getLoggerName(), event.getTimeMillis(), log4j1(event.getLevel())), body);
    }

    private byte[] body(LogEvent event) {
        Layout<? extends Serializable> layout = getLayout();
        return layout == null ? event.getMessage().getFormattedMessage().getBytes(UTF_8) : layout.toByteArray(event);
    }

    /** Flume's appender has Log4j 1's numbers: 5000 for TRACE, then in tens of thousands up to 50000 for FATAL. */
    static int log4j1(Level level) {
        return switch (level.getStandardLevel()) {
            case OFF -> Integer.MAX_VALUE;
            case FATAL -> 5 * LEVEL_STEP;
            case ERROR -> 4 * LEVEL_STEP;
            case WARN -> 3 * LEVEL_STEP;
            case INFO -> 2 * LEVEL_STEP;
            case DEBUG -> LEVEL_STEP;
            case TRACE -> LEVEL_STEP / 2;
            case ALL -> Integer.MIN_VALUE;
        };
    }

    /** Waits for what is in the buffer, as long as {@code flushTimeoutMillis} says. */
    @Override
    public boolean stop(long timeout, TimeUnit unit) {
        setStopping();
        boolean stopped = super.stop(timeout, unit, false);
        shipper.close();
        setStopped();
        return stopped;
    }

    /** Log4j's own log, which goes through no appender. */
    private static final class StatusLog implements ShipperListener {
        @Override
        public void warn(String message, @Nullable Throwable cause) {
            LOGGER.warn("Millrace appender {}", message, cause);
        }

        @Override
        public void info(String message) {
            LOGGER.info("Millrace appender {}", message);
        }
    }

    /** The attributes of the element. */
    public static final class Builder extends AbstractAppender.Builder<Builder>
            implements org.apache.logging.log4j.core.util.Builder<MillraceAppender> {
        @PluginBuilderAttribute
        private String hosts = "";

        @PluginBuilderAttribute
        private long timeoutMillis = ShipperSettings.DEFAULT_TIMEOUT_MILLIS;

        @PluginBuilderAttribute
        private int batchEvents = ShipperSettings.DEFAULT_BATCH_EVENTS;

        @PluginBuilderAttribute
        private int maxEvents = ShipperSettings.DEFAULT_MAX_EVENTS;

        @PluginBuilderAttribute
        private long maxBytes = ShipperSettings.DEFAULT_MAX_BYTES;

        @PluginBuilderAttribute
        private String whenFull = "drop-newest";

        @PluginBuilderAttribute
        private long flushTimeoutMillis = ShipperSettings.DEFAULT_FLUSH_MILLIS;

        @PluginBuilderAttribute
        private @Nullable String tls;

        private Builder() {}

        /** Relays as {@code host:port}, with blanks between. */
        public Builder setHosts(String hosts) {
            this.hosts = hosts;
            return this;
        }

        /** To connect, and for each answer: 20000. */
        public Builder setTimeoutMillis(long timeoutMillis) {
            this.timeoutMillis = timeoutMillis;
            return this;
        }

        /** In one request: 100. */
        public Builder setBatchEvents(int batchEvents) {
            this.batchEvents = batchEvents;
            return this;
        }

        /** In the buffer: 10000. */
        public Builder setMaxEvents(int maxEvents) {
            this.maxEvents = maxEvents;
            return this;
        }

        /** In the buffer: 16 MiB. */
        public Builder setMaxBytes(long maxBytes) {
            this.maxBytes = maxBytes;
            return this;
        }

        /** {@code drop-newest}, {@code drop-oldest} or {@code block}. */
        public Builder setWhenFull(String whenFull) {
            this.whenFull = whenFull;
            return this;
        }

        /** How long a stop waits for what is in the buffer: 5000. */
        public Builder setFlushTimeoutMillis(long flushTimeoutMillis) {
            this.flushTimeoutMillis = flushTimeoutMillis;
            return this;
        }

        /** A properties file with the keys of TLS, such as {@code truststore}; TLS is spoken if there is one. */
        public Builder setTls(String tls) {
            this.tls = tls;
            return this;
        }

        /** Null, and a line in Log4j's own log, if an attribute cannot be. */
        @Override
        @SuppressWarnings("NullAway") // how Log4j is told; its interface is not annotated
        public @Nullable MillraceAppender build() {
            try {
                ShipperSettings settings = ShipperSettings.of(
                        hosts, timeoutMillis, batchEvents, maxEvents, maxBytes, whenFull, flushTimeoutMillis);
                return new MillraceAppender(
                        getName(),
                        getFilter(),
                        getLayout(),
                        isIgnoreExceptions(),
                        getPropertyArray(),
                        tls == null ? settings : settings.withTls(Path.of(tls)));
            } catch (IllegalArgumentException e) {
                LOGGER.error("Millrace appender {}: {}", getName(), e.getMessage());
                return null;
            }
        }
    }
}
