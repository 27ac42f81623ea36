package org.millrace.relay.source.exec;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.Source;
import org.millrace.api.SourceContext;

/** Makes exec sources, with Flume's keys and defaults; {@code maxLineBytes} is ours. */
public final class ExecSourceFactory implements ComponentFactory.OfSource {
    private static final int DEFAULT_LINE_BYTES = 32 << 20;
    private static final int MOST_LINE_BYTES = 256 << 20;
    private static final int LEAST_LINE_BYTES = 16;
    private static final int DEFAULT_BATCH = 20;

    @Override
    public List<String> typeNames() {
        return List.of("exec", "org.apache.flume.source.ExecSource");
    }

    @Override
    public String summary() {
        return "Runs a command and makes an event of each line that it prints; a command cannot be asked again for what a crash has lost";
    }

    @Override
    public Source create(SourceContext context, Settings settings) {
        String command = settings.value("command", "a program and its arguments", UnaryOperator.identity(), "")
                .about(
                        "the program to run and its arguments, parted by blanks, without any quoting; with a shell, a command for that")
                .required();
        String shell = settings.string("shell")
                .about("a shell to run the command with, such as /bin/sh -c")
                .orNull();
        return new ExecSource(
                context,
                new ExecSettings(
                        ExecSettings.words(shell == null || shell.isEmpty() ? null : shell, command),
                        restart(settings),
                        settings.bool("logStdErr")
                                .about("whether what the command says on its standard error goes into the log")
                                .orElse(false),
                        settings.integer("batchSize", 1, Integer.MAX_VALUE)
                                .about("the most events in a batch")
                                .orElse(DEFAULT_BATCH),
                        settings.duration("batchTimeout", ChronoUnit.MILLIS, 1, Integer.MAX_VALUE)
                                .about("a batch that is not full is put so long after its first line")
                                .orElse(Duration.ofSeconds(3)),
                        settings.writableCharset("charset")
                                .about("the character set of what the command prints, and of bodies")
                                .orElse(StandardCharsets.UTF_8),
                        settings.bytes("maxLineBytes", LEAST_LINE_BYTES, MOST_LINE_BYTES)
                                .about("a longer line is cut, and goes on as the next event")
                                .orElse((long) DEFAULT_LINE_BYTES)
                                .intValue()));
    }

    private static @Nullable Duration restart(Settings settings) {
        boolean isWanted = settings.bool("restart")
                .about("whether a command that has ended is started again")
                .orElse(false);
        Duration pause = settings.duration("restartThrottle", ChronoUnit.MILLIS, 0, Integer.MAX_VALUE)
                .about("the pause before that")
                .orElse(Duration.ofSeconds(10));
        return isWanted ? pause : null;
    }
}
