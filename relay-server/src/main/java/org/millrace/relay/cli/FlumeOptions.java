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
    private static final String ON_CLASS_PATH = "flume.opts";

    private final Properties options;

    FlumeOptions(Properties options) {
        this.options = options;
    }

    /**
     * Those of this machine; none if there is no such file.
     *
     * @throws IOException whose message names the file
     */
    static Properties ofMachine() throws IOException {
        boolean isOfMachine = Files.isReadable(OF_MACHINE);
        String name = isOfMachine ? OF_MACHINE.toString() : ON_CLASS_PATH;
        Properties options = new Properties();
        try (InputStream in = isOfMachine
                ? Files.newInputStream(OF_MACHINE)
                : FlumeOptions.class.getClassLoader().getResourceAsStream(name)) {
            if (in != null) {
                options.load(in);
            }
        } catch (IOException | IllegalArgumentException e) { // the latter for a bad escape
            throw new IOException(name + ": cannot be read: " + e.getMessage(), e);
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
