package org.millrace.jms;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;
import java.util.zip.InflaterInputStream;
import javax.jms.JMSException;
import javax.jms.ObjectMessage;
import org.jspecify.annotations.Nullable;
import org.millrace.api.part.RefusedMessageException;

/**
 * The bytes of a serialised object. JMS itself only gives the object, for which its sender chooses the classes that are loaded and the
 * code that runs. ActiveMQ's client, the most common one, also gives the bytes as they came, which need nobody to look into them: they
 * are reached by name, since the client is the user's.
 */
final class ObjectBody {
    private static final String ACTIVE_MQ = "org.apache.activemq.command.ActiveMQObjectMessage";

    /** What compressed bytes may grow to. */
    private static final int MAX_INFLATED_BYTES = 64 << 20;

    private ObjectBody() {}

    /** The bytes as they came; null if this provider does not give them. */
    static byte @Nullable [] raw(ObjectMessage message) throws RefusedMessageException {
        if (!message.getClass().getName().equals(ACTIVE_MQ)) {
            return null;
        }
        try {
            Object content = message.getClass().getMethod("getContent").invoke(message);
            if (content == null) {
                return new byte[0];
            }
            byte[] data = (byte[]) content.getClass().getMethod("getData").invoke(content);
            int offset = (int) content.getClass().getMethod("getOffset").invoke(content);
            int length = (int) content.getClass().getMethod("getLength").invoke(content);
            boolean isCompressed =
                    (boolean) message.getClass().getMethod("isCompressed").invoke(message);
            return isCompressed ? inflate(data, offset, length) : Arrays.copyOfRange(data, offset, offset + length);
        } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
            return null; // another version of the client, which does not give them
        }
    }

    private static byte[] inflate(byte[] data, int offset, int length) throws RefusedMessageException {
        try (InflaterInputStream in = new InflaterInputStream(new ByteArrayInputStream(data, offset, length))) {
            byte[] bytes = in.readNBytes(MAX_INFLATED_BYTES);
            if (in.read() >= 0) {
                throw new RefusedMessageException(
                        "an object of more than " + MAX_INFLATED_BYTES + " bytes once it is inflated");
            }
            return bytes;
        } catch (IOException e) {
            throw new RefusedMessageException("an object that cannot be inflated", e);
        }
    }

    /** As Flume does it: the provider makes the object, by its own rules for what may be loaded, and we write it again. */
    static byte[] written(ObjectMessage message) throws RefusedMessageException {
        try {
            Object object = message.getObject();
            if (object == null) {
                return new byte[0];
            }
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
                out.writeObject(object);
            }
            return bytes.toByteArray();
        } catch (JMSException | IOException e) {
            throw new RefusedMessageException("an object that cannot be read and written", e);
        }
    }
}
