package org.millrace.jms;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.jms.Message;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.part.MessageConverter;
import org.millrace.api.part.PartContext;
import org.millrace.jms.DefaultConverter.ObjectMessages;

/** Makes Flume's converter. */
public final class DefaultConverterFactory implements ComponentFactory.OfMessageConverter<Message> {
    static final String NAME = "DEFAULT";

    @Override
    public List<String> typeNames() {
        return List.of(
                NAME,
                "org.apache.flume.source.jms.DefaultJMSMessageConverter$Builder",
                "org.apache.flume.source.jms.DefaultJMSMessageConverter");
    }

    @Override
    public String summary() {
        return "Makes an event of each message: its properties are the headers, its bytes, text or object the body";
    }

    @Override
    public MessageConverter<Message> create(PartContext context, Settings settings) {
        Charset charset = settings.writableCharset("charset")
                .about("how the text of a message becomes bytes")
                .orElse(StandardCharsets.UTF_8);
        ObjectMessages objects = settings.oneOf("objectMessages", ObjectMessages.class)
                .about(
                        "what to do with a serialised object whose bytes the provider's client does not give"
                                + " (ActiveMQ's does): the provider has it back, it is dropped, or it is deserialised as Flume does")
                .orElse(ObjectMessages.REFUSE);
        return new DefaultConverter(charset, objects, context.metrics());
    }
}
