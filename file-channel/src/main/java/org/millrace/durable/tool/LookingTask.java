package org.millrace.durable.tool;

import java.io.IOException;
import org.millrace.api.StartException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command that looks at all of a channel, and tells of it in words or in JSON. */
abstract class LookingTask extends ChannelTask {
    @Mixin
    private ChannelArguments arguments;

    @Option(names = "--json", description = "Print JSON, with exact numbers.")
    private boolean json;

    LookingTask(Surroundings around) {
        super(around);
        this.arguments = new ChannelArguments(around.configurations());
    }

    @Override
    final int run() throws IOException, StartException {
        ChannelFiles files = arguments.look();
        Seen.requireChannel(files.view());
        if (!json) {
            Seen.notes(files.view()).forEach(this::warn);
        }
        return tell(files, json);
    }

    /** Gives the exit code. */
    abstract int tell(ChannelFiles files, boolean asJson) throws IOException;
}
