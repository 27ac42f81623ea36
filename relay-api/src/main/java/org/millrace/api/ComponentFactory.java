package org.millrace.api;

import java.util.List;

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
}
