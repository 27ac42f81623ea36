package org.millrace.durable.tool;

import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.Writer;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.millrace.durable.tool.Surroundings.Configurations;
import org.millrace.durable.tool.Surroundings.Pause;
import picocli.CommandLine;

/** A run of {@code millrace channel}, and what came of it. */
final class ToolRun {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private String answer = "";
    private Configurations configurations = (files, agent, channel) -> {
        throw new IllegalArgumentException("no configuration in this test");
    };
    private Pause pause = time -> {
        throw new AssertionError("nothing waits here");
    };
    private int exit = -1;

    static ToolRun of(Object... arguments) {
        return new ToolRun().run(arguments);
    }

    /** For what is called without its command: what it says is not looked at. */
    static Surroundings silent() {
        return new Surroundings(
                new BufferedReader(Reader.nullReader()),
                new PrintWriter(Writer.nullWriter()),
                new PrintWriter(Writer.nullWriter()),
                false,
                InstantSource.system(),
                (files, agent, channel) -> Map.of(),
                time -> {});
    }

    ToolRun answering(String answer) {
        this.answer = answer;
        return this;
    }

    ToolRun configured(Map<String, String> channel) {
        configurations = (files, agent, name) -> channel;
        return this;
    }

    ToolRun pausing(Pause pause) {
        this.pause = pause;
        return this;
    }

    ToolRun run(Object... arguments) {
        PrintWriter errors = new PrintWriter(err, true);
        Surroundings around = new Surroundings(
                new BufferedReader(new StringReader(answer)),
                new PrintWriter(out, true),
                errors,
                false,
                InstantSource.system(),
                configurations,
                pause);
        CommandLine command = ChannelCommand.of(around).setErr(errors).setOut(new PrintWriter(out, true));
        exit = command.execute(Arrays.stream(arguments).map(Object::toString).toArray(String[]::new));
        return this;
    }

    int exit() {
        return exit;
    }

    String out() {
        return out.toString();
    }

    /** So far. */
    long shownLines() {
        return out.toString().chars().filter(one -> one == '\n').count();
    }

    List<String> lines() {
        return out.toString().lines().toList();
    }

    String err() {
        return err.toString();
    }
}
