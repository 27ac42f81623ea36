package org.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.HdrHistogram.Histogram;
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

    @Test
    void saysWhetherABudgetIsMet() {
        assertThat(verdicts(2.5, 300, 100, 1000)).containsExactly("row: 3.00 x theirs for 2.50, met");
        assertThat(verdicts(3.5, 300, 100, 400))
                .containsExactly("row: 3.00 x theirs for 3.50, missed:"
                        + " ours is 0.75 of the bare disk's, and that is 1.14 of what is asked");
    }

    @Test
    void aServerThatAnsweredNothingMeetsNoBudget() {
        assertThat(verdicts(2, 0, 100, 400)).containsExactly("row: missed, for want of an answer from ours");
        assertThat(verdicts(2, 300, 0, 400)).containsExactly("row: missed, for want of an answer from theirs");
    }

    @Test
    void tellsOfFailuresBesideAVerdict() {
        ResultTable budgeted = budgeted(new Budget.Rate("row", "theirs", 2, null));
        budgeted.add("row", "ours", new LoadResult(1, 300, 7, LoadConnection.emptyHistogram(), 0));
        budgeted.add("row", "theirs", events(100));

        assertThat(budgeted.print()).contains("row: 3.00 x theirs for 2.00, met; 7 events of ours failed");
    }

    @Test
    void aBudgetWithoutItsFiguresSaysNothing() {
        ResultTable budgeted = budgeted(new Budget.Rate("row", "theirs", 2, "disk"));
        budgeted.add("row", "ours", events(300));

        assertThat(budgeted.print()).doesNotContain("row: ");
    }

    @Test
    void saysWhetherALatencyIsWithinItsBudget() {
        ResultTable budgeted = budgeted(new Budget.Latency("row", "disk", 2));
        budgeted.add("row", "ours", nanos(3_000_000));
        budgeted.add("row", "disk", nanos(1_000_000));

        assertThat(budgeted.print()).contains("row: p50 is 3.00 x that of disk for at most 2.00, missed");
    }

    private static List<String> verdicts(double least, long ours, long theirs, long disk) {
        ResultTable budgeted = budgeted(new Budget.Rate("row", "theirs", least, "disk"));
        budgeted.add("row", "ours", events(ours));
        budgeted.add("row", "theirs", events(theirs));
        budgeted.add("row", "disk", events(disk));
        return budgeted.print().lines().filter(line -> line.startsWith("row: ")).toList();
    }

    private static ResultTable budgeted(Budget budget) {
        return new ResultTable("ours", List.of("theirs", "disk"), List.of(), List.of(budget), "a note\n");
    }

    private static LoadResult nanos(long latency) {
        Histogram histogram = LoadConnection.emptyHistogram();
        histogram.recordValue(latency);
        return new LoadResult(1, 1, 0, histogram, 0);
    }

    private static LoadResult events(long events) {
        return new LoadResult(1, events, 0, LoadConnection.emptyHistogram(), 0);
    }
}
