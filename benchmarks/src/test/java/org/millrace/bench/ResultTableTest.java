package org.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ResultTableTest {
    private final ResultTable table = new ResultTable("ours", List.of("theirs", "disk"), "a note\n");

    @Test
    void tellsTheRatiosOfOursToAllWhoTookPart() {
        table.add("row", "ours", events(300));
        table.add("row", "theirs", events(100));
        table.add("row", "disk", events(400));

        assertThat(table.print().lines().filter(line -> line.contains(" ours ")))
                .singleElement()
                .asString()
                .endsWith("3.00         0.75");
    }

    @Test
    void takesAllTurnsOfAServerAsOne() {
        table.add("row", "ours", events(100));
        table.add("row", "ours", events(200));

        assertThat(table.print()).contains("150").doesNotContain("300").endsWith("a note\n");
    }

    private static LoadResult events(long events) {
        return new LoadResult(1, events, 0, LoadConnection.emptyHistogram(), 0);
    }
}
