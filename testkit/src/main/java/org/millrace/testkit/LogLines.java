package org.millrace.testkit;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.Property;

/** What classes write to the log, from INFO on, as {@code LEVEL message}, until it is closed. */
public final class LogLines implements AutoCloseable {
    private final Listener listener = new Listener();
    private final Map<Logger, Level> usualLevels = new LinkedHashMap<>();

    private LogLines(Class<?>... classes) {
        for (Class<?> type : classes) {
            Logger logger = (Logger) LogManager.getLogger(type);
            usualLevels.put(logger, logger.getLevel());
        }
    }

    public static LogLines of(Class<?>... classes) {
        LogLines lines = new LogLines(classes);
        lines.attach();
        return lines;
    }

    private void attach() {
        listener.start();
        usualLevels.keySet().forEach(logger -> logger.addAppender(listener));
        // after all of them: to add an appender resets the levels
        usualLevels.keySet().forEach(logger -> Configurator.setLevel(logger, Level.INFO));
    }

    public List<String> lines() {
        return listener.lines;
    }

    /** Those of level ERROR. */
    public List<String> errors() {
        return listener.lines.stream().filter(line -> line.startsWith("ERROR ")).toList();
    }

    @Override
    public void close() {
        usualLevels.keySet().forEach(logger -> logger.removeAppender(listener));
        usualLevels.forEach(Configurator::setLevel);
        listener.stop();
    }

    private static final class Listener extends AbstractAppender {
        private final List<String> lines = new CopyOnWriteArrayList<>();

        Listener() {
            super("lines", null, null, true, Property.EMPTY_ARRAY);
        }

        @Override
        public void append(LogEvent event) {
            lines.add(event.getLevel() + " " + event.getMessage().getFormattedMessage());
        }
    }
}
