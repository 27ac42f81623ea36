package org.millrace.relay.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Defaults of options as Flume takes them: from {@code /etc/flume/flume.opts}, otherwise {@code flume.opts} on the class path; properties
 * whose keys are the long names of options, without the dashes.
 */
final class FlumeOptions implements IDefaultValueProvider {
    private static final Path OF_MACHINE = Path.of("/etc/flume/flume.opts");

    private final Properties options;

    FlumeOptions(Properties options) {
        this.options = options;
    }

    /** Those of this machine; none if there is no such file. */
    static Properties ofMachine() throws IOException {
        Properties options = new Properties();
        try (InputStream in = Files.isReadable(OF_MACHINE)
                ? Files.newInputStream(OF_MACHINE)
                : FlumeOptions.class.getClassLoader().getResourceAsStream("flume.opts")) {
            if (in != null) {
                options.load(in);
            }
        }
        return options;
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        if (!(argument instanceof OptionSpec option)) {
            return null;
        }
        String value = options.getProperty(option.longestName().replaceFirst("^-+", ""));
        return value == null ? null : value.trim();
    }
}
