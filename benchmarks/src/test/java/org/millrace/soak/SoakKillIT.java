package org.millrace.soak;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short run of {@code scripts/soak-kill}. */
class SoakKillIT {
    private static final int PASSED = 0;
    private static final int FOUND_WANTING = 1;

    @Test
    void aFileChannelLosesNothingWhenItsAgentIsKilled(@TempDir Path dir) {
        run(dir, PASSED, "--kills", "3");
    }

    /** A proof that cannot fail proves nothing. */
    @Test
    void aMemoryChannelThatIsKilledIsFoundOut(@TempDir Path dir) {
        run(dir, FOUND_WANTING, "--channel", "memory", "--kills", "1");
    }

    /** What the run said goes into the failure's message, on one line: it is all that is left of a run somewhere else. */
    private static void run(Path dir, int expected, String... options) {
        List<String> all = new ArrayList<>(List.of(options));
        all.addAll(List.of("--seed", "1", "--seconds-between", "1", "--dir", dir.toString()));
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream out = System.out;
        System.setOut(new PrintStream(said, true, UTF_8));
        int exitCode;
        try {
            exitCode = SoakKill.execute(all.toArray(new String[0]));
        } finally {
            System.setOut(out);
        }
        String text = said.toString(UTF_8);
        out.print(text);
        assertThat(exitCode).as(text.replaceAll("\\s*\\R\\s*", " | ")).isEqualTo(expected);
    }
}
