package org.millrace.durable.log;

import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Logs of simulated disks fail ten thousand times: nobody wants to read of it. */
public final class QuietLog implements BeforeAllCallback, AfterAllCallback {
    private static final String LOGGER = "org.millrace.durable";

    @Override
    public void beforeAll(ExtensionContext context) {
        Configurator.setLevel(LOGGER, Level.OFF);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        Configurator.setLevel(LOGGER, Level.INFO);
    }
}
