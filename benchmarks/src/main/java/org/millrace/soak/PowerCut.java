package org.millrace.soak;

import java.io.IOException;
import java.util.List;
import org.millrace.testkit.process.JavaProcess;

/** Takes the disk away from under an agent, with all that was not forced, then kills it; gives the disk back before the next start. */
final class PowerCut implements Blow {
    private final String command;

    /** @param command a program that cuts when its argument is {@code cut}, and mends when it is {@code mend} */
    PowerCut(String command) {
        this.command = command;
    }

    @Override
    public void strike(JavaProcess agent) throws IOException, InterruptedException {
        run("cut");
        agent.kill();
    }

    @Override
    public void mend() throws IOException, InterruptedException {
        run("mend");
    }

    private void run(String what) throws IOException, InterruptedException {
        int exitCode =
                new ProcessBuilder(List.of(command, what)).inheritIO().start().waitFor();
        if (exitCode != 0) {
            throw new IllegalStateException(command + " " + what + " ended with exit code " + exitCode);
        }
    }
}
