package org.millrace.api;

import java.util.List;
import org.millrace.api.part.EventSerializer;
import org.millrace.api.part.FileDeserializer;
import org.millrace.api.part.FileNaming;
import org.millrace.api.part.GroupSerializer;
import org.millrace.api.part.HttpHandler;
import org.millrace.api.part.MessageConverter;
import org.millrace.api.part.PartContext;

/** Makes components of one type. Found through {@link java.util.ServiceLoader}, as one of the interfaces nested here. */
public interface ComponentFactory {
    /** The names that {@code type} may have: Flume's alias first, then Flume's class name. Compared without regard to case. */
    List<String> typeNames();

    /** What such a component is for: a sentence without its full stop, for the reference; empty if there is nothing to say. */
    default String summary() {
        return "";
    }

    /** Makes sources. */
    interface OfSource extends ComponentFactory {
        /** Reads all settings and only assigns; what is wrong with them is reported to the settings, and what is returned then is dropped. */
        Source create(SourceContext context, Settings settings);
    }

    /** Makes channels. */
    interface OfChannel extends ComponentFactory {
        /** As {@link OfSource#create}. */
        Channel create(ChannelContext context, Settings settings);
    }

    /** Makes sinks. */
    interface OfSink extends ComponentFactory {
        /** As {@link OfSource#create}. */
        Sink create(SinkContext context, Settings settings);
    }

    /** Makes interceptors. */
    interface OfInterceptor extends ComponentFactory {
        /** As {@link OfSource#create}. */
        Interceptor create(InterceptorContext context, Settings settings);
    }

    /** Makes channel selectors. */
    interface OfSelector extends ComponentFactory {
        /** As {@link OfSource#create}. */
        ChannelSelector create(SelectorContext context, Settings settings);
    }

    /** Makes sink processors. */
    interface OfSinkProcessor extends ComponentFactory {
        /**
         * As {@link OfSource#create}.
         *
         * @param sinks the group's sinks, in the order of its {@code sinks} list
         * @param settings the group's keys that start with {@code processor.}, without it
         * @return one processor for each thread that the group is to have, each sink in one of them; none: each sink runs by itself
         */
        List<SinkProcessor> create(SinkGroupContext context, List<SinkProcessor.Member> sinks, Settings settings);
    }

    /** Makes config filters. */
    interface OfConfigFilter extends ComponentFactory {
        /** As {@link OfSource#create}. Settings may not refer to config filters. */
        ConfigFilter create(ConfigFilterContext context, Settings settings);
    }

    /** Makes handlers of HTTP sources, {@code handler}. */
    interface OfHttpHandler extends ComponentFactory {
        /**
         * As {@link OfSource#create}.
         *
         * @param settings the source's keys that start with {@code handler.}, without it
         */
        HttpHandler create(PartContext context, Settings settings);
    }

    /** Makes what parts files into events, {@code deserializer} of a spooling directory. */
    interface OfFileDeserializer extends ComponentFactory {
        /**
         * As {@link OfSource#create}.
         *
         * @param text what the source's keys say of text
         * @param settings the source's keys that start with {@code deserializer.}, without it
         */
        FileDeserializer create(PartContext context, FileDeserializer.Text text, Settings settings);
    }

    /** Makes serializers of sinks that write files, {@code serializer}. */
    interface OfSerializer extends ComponentFactory {
        /**
         * As {@link OfSource#create}.
         *
         * @param settings the sink's keys that start with {@code serializer.}, or {@code sink.serializer.}, without it
         */
        EventSerializer create(PartContext context, Settings settings);
    }

    /** Makes what turns a group of {@code regex_extractor} into the value of a header, {@code serializers.NAME.type}. */
    interface OfGroupSerializer extends ComponentFactory {
        /**
         * As {@link OfSource#create}.
         *
         * @param settings the interceptor's keys that start with {@code serializers.NAME.}, without it
         */
        GroupSerializer create(PartContext context, Settings settings);
    }

    /**
     * Makes what turns messages into events, {@code converter.type} of a JMS source.
     *
     * @param <M> what the source reads: {@code javax.jms.Message} for the JMS source
     */
    interface OfMessageConverter<M> extends ComponentFactory {
        /**
         * As {@link OfSource#create}.
         *
         * @param settings the source's keys that start with {@code converter.}, without it
         */
        MessageConverter<M> create(PartContext context, Settings settings);
    }

    /** Makes what gives the files of a sink their names, {@code sink.pathManager} of a sink of rolling files. */
    interface OfFileNaming extends ComponentFactory {
        /**
         * As {@link OfSource#create}.
         *
         * @param settings the sink's keys that start with {@code sink.pathManager.}, without it
         */
        FileNaming create(PartContext context, Settings settings);
    }
}
