package org.millrace.jms;

import com.codahale.metrics.Counter;
import java.io.IOException;
import java.time.Duration;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.naming.NamingException;
import org.jspecify.annotations.Nullable;
import org.millrace.api.BatchTooLargeException;
import org.millrace.api.SourceMetrics;
import org.millrace.api.part.MessageConverter;
import org.millrace.api.part.RefusedMessageException;
import org.millrace.api.support.BatchReader;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads messages in transactions of the provider's session: {@link #commit}, once the channels have the batch, is what acknowledges
 * them. A connection that is lost, or has failed too often in a row, is given up for a new one.
 *
 * <p>A message that makes no event is rolled back, so that the provider's own rules decide how often it comes again and where it goes
 * then. All that was read with it is rolled back, too, and would be counted as bad by the provider: from then on they come one by one,
 * until only the bad one is sent back.
 *
 * <p>A session acknowledges all that it has received or nothing, so that {@link #commitFirst} takes nothing down: of a batch that is put
 * in parts, what is in the channels before a stop, or before an event that goes back, comes a second time.
 */
final class JmsReader implements BatchReader {
    private static final Logger LOG = LoggerFactory.getLogger(JmsSource.class);

    /** A batch is full with so many bytes, however few messages they are. */
    private static final int ENOUGH_BYTES = 4 << 20;

    /** A stop is noticed within this time. */
    private static final long MOST_WAIT_MILLIS = 250;

    private final String source;
    private final JmsSettings settings;
    private final int batchEvents;
    private final Duration pollTimeout;
    private final int errorThreshold;
    private final MessageConverter<Message> converter;
    private final Counter connects;
    private final Counter messagesRefused;
    private final EventBatchBuilder builder = new EventBatchBuilder();

    private volatile @Nullable JmsLink link;
    private volatile boolean isWoken;
    private int errorsInARow;
    private int toReadAlone;
    /** Of the batch that was read last. */
    private int messagesRead;
    /** What was given back since, for the loop to log, and to pause for. */
    private @Nullable IOException givenBack;

    JmsReader(
            String source,
            JmsSettings settings,
            int batchEvents,
            Duration pollTimeout,
            int errorThreshold,
            MessageConverter<Message> converter,
            SourceMetrics metrics) {
        this.source = source;
        this.settings = settings;
        this.batchEvents = batchEvents;
        this.pollTimeout = pollTimeout;
        this.errorThreshold = errorThreshold;
        this.converter = converter;
        this.connects = metrics.counter("connects");
        this.messagesRefused = metrics.counter("messagesRefused");
        metrics.gauge("connected", () -> link == null ? 0 : 1);
    }

    @Override
    public @Nullable EventBatch read() throws IOException {
        IOException untold = givenBack;
        if (untold != null) {
            givenBack = null;
            throw untold;
        }
        JmsLink from = connected();
        int messages = 0;
        try {
            Message message = receiveFirst(from);
            while (message != null) {
                messages++;
                convert(message, from);
                message = isFull(messages) ? null : from.receive(0);
            }
            messagesRead = messages;
            if (builder.events() > 0) {
                return builder.build();
            }
            if (messages > 0) { // all of them skipped
                commit();
            }
            errorsInARow = 0;
            return null;
        } catch (RefusedMessageException e) {
            builder.close();
            throw giveBack(messages, e);
        } catch (JMSException | RuntimeException | LinkageError | StackOverflowError e) {
            builder.close();
            rollback();
            throw failed("cannot receive", e);
        }
    }

    /** The broker has dead letters for what comes back again and again, and others of the batch come again alone. */
    @Override
    public boolean keepsBack(BatchTooLargeException why) {
        givenBack = giveBack(messagesRead, why);
        return true;
    }

    private IOException giveBack(int messages, Exception why) {
        messagesRefused.inc();
        toReadAlone = Math.max(toReadAlone, messages);
        rollback();
        return new IOException("the provider has a message back: " + why.getMessage(), why);
    }

    /** Whatever is wrong with a message is no reason to lose those behind it, nor to end the source. */
    private void convert(Message message, JmsLink from) throws JMSException, RefusedMessageException {
        try {
            converter.convert(message, builder);
        } catch (JMSException e) {
            if (from.isLost()) { // which a provider that fetches the content later finds out here
                throw e;
            }
            throw new RefusedMessageException(
                    "a message that cannot be read: " + settings.shown(e.getMessage()), settings.loggable(e));
        } catch (RefusedMessageException e) {
            throw e;
        } catch (InterruptedException e) { // of a plug-in's converter: the source is to stop
            Thread.currentThread().interrupt();
            throw new RefusedMessageException("a message whose conversion was interrupted", e);
        } catch (Exception | LinkageError | StackOverflowError e) { // whatever else a plug-in's converter throws
            throw new RefusedMessageException(
                    "a message of which no event can be made: " + settings.shown(e.toString()), settings.loggable(e));
        }
    }

    private boolean isFull(int messages) {
        return messages >= (toReadAlone > 0 ? 1 : batchEvents) || builder.encodedBytes() >= ENOUGH_BYTES;
    }

    /** In short waits, so that a stop is not held up. */
    private @Nullable Message receiveFirst(JmsLink from) throws JMSException {
        long deadline = System.nanoTime() + pollTimeout.toNanos();
        while (true) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            Message message = from.receive(Math.min(MOST_WAIT_MILLIS, left));
            if (message != null || left <= MOST_WAIT_MILLIS || isWoken || from.isLost()) {
                return message;
            }
        }
    }

    private JmsLink connected() throws IOException {
        JmsLink open = link;
        if (open != null && open.isLost()) {
            JMSException why = open.whyLost();
            LOG.warn(
                    "source {}: the connection to {} is lost",
                    source,
                    settings.shownProviderUrl(),
                    why == null ? null : settings.loggable(why));
            disconnect();
            open = null;
        }
        if (open == null) {
            open = connect();
        }
        return open;
    }

    private JmsLink connect() throws IOException {
        try {
            JmsLink open = JmsLink.open(settings);
            link = open;
            errorsInARow = 0;
            connects.inc();
            LOG.info("source {}: connected to {}", source, settings.shownProviderUrl());
            return open;
        } catch (JMSException | NamingException | RuntimeException | LinkageError | StackOverflowError e) {
            throw new IOException(
                    "no connection to " + settings.shownProviderUrl() + ": " + settings.shown(e.getMessage()),
                    settings.loggable(e));
        }
    }

    @Override
    public void commit() throws IOException {
        JmsLink open = link;
        if (open == null) {
            throw new IOException("the connection was closed before the messages were acknowledged");
        }
        try {
            open.commit();
            errorsInARow = 0;
            toReadAlone = Math.max(0, toReadAlone - 1);
        } catch (JMSException | RuntimeException | LinkageError | StackOverflowError e) {
            throw failed("cannot acknowledge", e);
        }
    }

    @Override
    public void rollback() {
        JmsLink open = link;
        if (open == null) {
            return;
        }
        try {
            open.rollback();
        } catch (JMSException | RuntimeException | LinkageError | StackOverflowError e) {
            LOG.debug("source {}: a rollback; to close the connection does the same", source, settings.loggable(e));
            disconnect();
        }
    }

    /**
     * A connection that fails now and then may be well; one that fails and fails is not, nor is one of whose state nothing is known since
     * the provider threw what JMS does not name.
     */
    private IOException failed(String what, Throwable e) {
        errorsInARow++;
        if (link != null && errorsInARow > errorThreshold) {
            LOG.warn(
                    "source {}: {} failures in a row, more than errorThreshold: a new connection",
                    source,
                    errorsInARow);
            disconnect();
        } else if (!(e instanceof JMSException)) {
            disconnect();
        }
        return new IOException(what + ": " + settings.shown(e.getMessage()), settings.loggable(e));
    }

    private void disconnect() {
        JmsLink open = link;
        link = null;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public void wake() {
        isWoken = true;
    }

    @Override
    public void close() {
        builder.close();
        if (givenBack != null) { // the loop has not come to log it
            LOG.warn("source {}: {}", source, givenBack.getMessage());
            givenBack = null;
        }
        disconnect();
    }
}
