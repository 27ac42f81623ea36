package org.millrace.durable.tool;

import java.io.IOException;
import java.util.List;
import org.millrace.api.StartException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows the newest events, and those to come. */
@Command(name = "tail", description = "Show the newest events; with -f go on with those to come.", sortOptions = false)
final class TailCommand extends ChannelTask {
    private final Surroundings around;

    @Mixin
    private ChannelArguments arguments;

    @Option(
            names = {"-n", "--count"},
            paramLabel = "N",
            description = "How many to begin with; 10 if nothing is said.")
    private long count = 10;

    @Option(
            names = {"-f", "--follow"},
            description = "Wait for more, until interrupted.")
    private boolean follow;

    @Mixin
    private CatCommand.Shown shown = new CatCommand.Shown();

    private boolean isSound = true;

    TailCommand(Surroundings around) {
        super(around);
        this.around = around;
        this.arguments = new ChannelArguments(around.configurations());
    }

    @Override
    int run() throws IOException, StartException, InterruptedException {
        if (count < 0) {
            throw arguments.mistake("--count " + count + " (expected: 0 or more)");
        }
        ChannelArguments.Channel channel = arguments.channel();
        ChannelFiles files = ChannelFiles.look(channel.directories(), channel.ciphers());
        Seen.requireChannel(files.view());
        Seen.notes(files.view()).forEach(this::warn);
        long from = Math.max(files.oldestSequence(), files.endSequence() - count);
        EventFormat.Printer printer = shown.printer(around);
        EventWalk walk = new EventWalk(from, List.of(), (sequence, time, event) -> {
            printer.print(sequence, time, event);
            return !CatCommand.isGone(around, sequence);
        });
        walk.run(files);
        boolean isWatched = flush(walk);
        if (follow && isWatched) {
            new Follower(channel, walk, around.pause(), () -> flush(walk)).run();
        }
        return isSound ? Exit.DONE : Exit.FAILED;
    }

    /** Shows what there is so far; false if nobody looks any more. */
    private boolean flush(EventWalk walk) {
        List<String> troubles = walk.takeTroubles();
        isSound &= troubles.isEmpty();
        boolean isWatched = !around.out().checkError(); // which flushes
        troubles.forEach(this::warn);
        return isWatched;
    }
}
