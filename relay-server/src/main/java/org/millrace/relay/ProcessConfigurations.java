package org.millrace.relay;

import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.millrace.relay.config.Assembly;
import org.millrace.relay.config.ComponentCatalog;
import org.millrace.relay.config.Configuration;
import org.millrace.relay.config.ConfigurationReader;
import org.millrace.relay.config.Environment;

/**
 * Reads configurations with what this process has. Its plug-ins are opened at the first reading, and stay open: to open them anew at each
 * look would load all of their classes beside those that run, and keep their jars open for good. One thread.
 */
final class ProcessConfigurations implements ConfigurationReader {
    private @Nullable ComponentCatalog catalog;

    @Override
    public Configuration read(Configuration.Request request, @Nullable Assembly running) {
        if (catalog == null) {
            catalog = ComponentCatalog.ofProcess();
        }
        return Configuration.read(
                request, Environment.ofProcess(), catalog, Relay.routing(), InstantSource.system(), running);
    }
}
