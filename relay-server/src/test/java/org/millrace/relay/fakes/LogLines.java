package org.millrace.relay.fakes;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.Property;

/** What classes write to the log. */
public final class LogLines extends AbstractAppender {
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final List<String> errors = new CopyOnWriteArrayList<>();

    public LogLines() {
        super("lines", null, null, true, Property.EMPTY_ARRAY);
        start();
    }

    @Override
    public void append(LogEvent event) {
        String line = event.getMessage().getFormattedMessage();
        lines.add(line);
        if (event.getLevel().equals(Level.ERROR)) {
            errors.add(line);
        }
    }

    public List<String> lines() {
        return lines;
    }

    public List<String> errors() {
        return errors;
    }

    public void attach(Class<?>... classes) {
        for (Class<?> type : classes) {
            ((Logger) LogManager.getLogger(type)).addAppender(this);
        }
        for (Class<?> type : classes) { // after all of them: to add an appender resets the levels
            Configurator.setLevel(type, Level.INFO);
        }
    }

    public void detach(Class<?>... classes) {
        for (Class<?> type : classes) {
            ((Logger) LogManager.getLogger(type)).removeAppender(this);
        }
    }
}
