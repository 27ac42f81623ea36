package org.millrace.hdfs;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.apache.logging.log4j.core.layout.PatternLayout;

/** What a class writes to the log, as {@code LEVEL message}, until it is closed. */
final class LogLines extends AbstractAppender implements AutoCloseable {
    private final PatternLayout layout =
            PatternLayout.newBuilder().setPattern("%p %m").build();
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Class<?> of;

    LogLines(Class<?> of) {
        super("lines", null, null, true, Property.EMPTY_ARRAY);
        this.of = of;
        start();
        LoggerContext.getContext(false).getLogger(of.getName()).addAppender(this);
    }

    @Override
    public void append(LogEvent event) {
        lines.add(layout.toSerializable(event));
    }

    List<String> lines() {
        return lines;
    }

    @Override
    public void close() {
        LoggerContext.getContext(false).getLogger(of.getName()).removeAppender(this);
        stop();
    }
}
