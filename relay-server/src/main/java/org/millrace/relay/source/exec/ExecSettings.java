package org.millrace.relay.source.exec;

import java.nio.charset.Charset;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to run, and how.
 *
 * @param words the program and its arguments
 * @param restartAfter the pause before a command that has ended is started again; null: it is not
 * @param logsErrors whether what it says on its standard error goes into the log
 * @param batchTimeout a batch that is not full is put so long after its first line
 */
record ExecSettings(
        List<String> words,
        @Nullable Duration restartAfter,
        boolean logsErrors,
        int batchEvents,
        Duration batchTimeout,
        Charset charset,
        int maxLineBytes) {

    /** The words of a command by itself, which are parted by blanks alone; or of a shell with the command as its last argument. */
    static List<String> words(@Nullable String shell, String command) {
        if (shell == null) {
            return List.of(command.split("\\s+"));
        }
        List<String> words = new ArrayList<>(List.of(shell.split("\\s+")));
        words.add(command);
        return words;
    }
}
