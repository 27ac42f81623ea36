package org.millrace.durable.tool;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.millrace.api.StartException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command of {@code millrace channel}: what a disk or a key store does not give is said in a line, under the command's name. */
abstract class ChannelTask implements Callable<Integer> {
    private final Surroundings around;

    @Spec
    private @Nullable CommandSpec spec;

    ChannelTask(Surroundings around) {
        this.around = around;
    }

    /** Does the work; gives the exit code. */
    abstract int run() throws IOException, StartException, InterruptedException;

    @Override
    public final Integer call() throws InterruptedException {
        try {
            return run();
        } catch (IOException e) { // those of the file system say less than their names do
            return failed(e.getClass() == IOException.class ? String.valueOf(e.getMessage()) : e.toString());
        } catch (StartException e) {
            return failed(String.valueOf(e.getMessage()));
        }
    }

    private int failed(String why) {
        around.out().flush();
        warn(why);
        return Exit.FAILED;
    }

    /** Says something besides the result. */
    final void warn(String what) {
        String name = spec == null ? "" : spec.qualifiedName() + ": ";
        around.err().println(name + what);
        around.err().flush();
    }
}
