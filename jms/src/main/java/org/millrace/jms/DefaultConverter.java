package org.millrace.jms;

import com.codahale.metrics.Counter;
import java.nio.charset.Charset;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.jms.BytesMessage;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.ObjectMessage;
import javax.jms.TextMessage;
import org.millrace.api.ComponentMetrics;
import org.millrace.api.part.MessageConverter;
import org.millrace.api.part.RefusedMessageException;
import org.millrace.codec.EventBatchBuilder;

/**
 * Makes an event of each message, as Flume's default converter: its properties are the headers, as texts; its bytes, its text or its
 * serialised object are the body. Any other kind of message has an empty body. Objects may be skipped. One thread.
 */
final class DefaultConverter implements MessageConverter<Message> {
    private static final byte[] EMPTY = {};

    private final Charset charset;
    private final ObjectMessages objects;
    private final Counter objectsSkipped;

    /** What is done with serialised objects whose bytes the provider does not give. */
    enum ObjectMessages {
        /** No event is made of them, and the provider has them back. */
        REFUSE,
        /** They are dropped, and counted. */
        SKIP,
        /** As Flume: the object is made, and serialised again. Whoever may send messages then chooses what code runs. */
        DESERIALIZE
    }

    DefaultConverter(Charset charset, ObjectMessages objects, ComponentMetrics metrics) {
        this.charset = charset;
        this.objects = objects;
        this.objectsSkipped = metrics.counter("objectMessagesSkipped");
    }

    @Override
    public void convert(Message message, EventBatchBuilder to) throws JMSException, RefusedMessageException {
        byte[] body;
        if (message instanceof ObjectMessage object) {
            byte[] raw = ObjectBody.raw(object);
            if (raw == null && objects == ObjectMessages.SKIP) {
                objectsSkipped.inc();
                return;
            }
            body = raw == null ? written(object) : raw;
        } else if (message instanceof BytesMessage bytes) {
            body = read(bytes);
        } else if (message instanceof TextMessage text) {
            String content = text.getText();
            body = content == null ? EMPTY : content.getBytes(charset);
        } else {
            body = EMPTY;
        }
        to.add(headers(message), body);
    }

    private byte[] written(ObjectMessage message) throws RefusedMessageException {
        if (objects == ObjectMessages.REFUSE) {
            throw new RefusedMessageException("a message with a serialised object, which is not deserialised"
                    + " (converter.objectMessages: skip would drop it, deserialize would trust it)");
        }
        return ObjectBody.written(message);
    }

    private static byte[] read(BytesMessage message) throws JMSException, RefusedMessageException {
        long length = message.getBodyLength();
        if (length == 0) {
            return EMPTY;
        }
        if (length > Integer.MAX_VALUE - 8) {
            throw new RefusedMessageException("a message of " + length + " bytes");
        }
        byte[] body = new byte[(int) length]; // the provider has it in memory already
        int read = message.readBytes(body);
        if (read != length) {
            throw new RefusedMessageException("a message of " + length + " bytes that ends after " + read);
        }
        return body;
    }

    /** A property without a value makes no header: events have none such. */
    private static Map<String, String> headers(Message message) throws JMSException {
        Map<String, String> headers = new LinkedHashMap<>();
        Enumeration<?> names = message.getPropertyNames();
        while (names.hasMoreElements()) {
            String name = String.valueOf(names.nextElement());
            String value = message.getStringProperty(name);
            if (value != null) {
                headers.put(name, value);
            }
        }
        return headers;
    }
}
