package org.millrace.durable.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.millrace.durable.log.SimpleLog.Flaw;

/** The model finds what a log does wrong, and nothing if there is nothing. */
final class ModelTest {
    private static final int SCENARIOS = 300;

    @Test
    void aLogWithoutFlawsPasses() throws Exception {
        for (int seed = 0; seed < SCENARIOS; seed++) {
            ModelRun.run(ModelGenerator.scenario(seed), SimpleLog.with(Flaw.NONE));
        }
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
    void aLogWithAFlawIsFoundOut(Flaw flaw) {
        assertThat(LongStream.range(0, SCENARIOS).anyMatch(seed -> fails(seed, flaw)))
                .isTrue();
    }

    private static boolean fails(long seed, Flaw flaw) {
        try {
            ModelRun.run(ModelGenerator.scenario(seed), SimpleLog.with(flaw));
            return false;
        } catch (Exception | AssertionError e) {
            return true;
        }
    }
}
