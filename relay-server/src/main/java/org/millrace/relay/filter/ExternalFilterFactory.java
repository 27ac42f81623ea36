package org.millrace.relay.filter;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.UnaryOperator;
import org.millrace.api.ComponentFactory;
import org.millrace.api.ConfigFilter;
import org.millrace.api.ConfigFilterContext;
import org.millrace.api.Settings;

/** Reads {@code command} and {@code charset}; {@code timeout} is ours. */
public final class ExternalFilterFactory implements ComponentFactory.OfConfigFilter {
    @Override
    public List<String> typeNames() {
        return List.of("external", "org.apache.flume.configfilter.ExternalProcessConfigFilter");
    }

    @Override
    public String summary() {
        return "Takes values from a program: the first line that it prints for a key";
    }

    @Override
    public ConfigFilter create(ConfigFilterContext context, Settings settings) {
        String command = settings.value("command", "a program and its arguments", UnaryOperator.identity(), "")
                .about(
                        "the program and its arguments, separated by blanks and without quotes; the key is added as the last one")
                .required();
        Charset charset =
                settings.charset("charset").about("what the program prints in").orElse(StandardCharsets.UTF_8);
        Duration timeout = settings.duration("timeout", ChronoUnit.SECONDS, 1, 600)
                .about("seconds after which a program that has not ended is killed, and counts as failed")
                .orElse(Duration.ofSeconds(10));
        return new ExternalProcess(List.of(command.trim().split("\\s+")), charset, timeout);
    }
}
