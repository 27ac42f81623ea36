package org.millrace.durable.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void columnsAreAsWideAsTheirWidestCellAndNumbersStandRight() {
        Table table = new Table("slot", " events", "state");
        table.add("slot-0001.seg", 7, "in use");
        table.add("s", "1,000,000", "");
        StringWriter out = new StringWriter();
        table.print(new PrintWriter(out, true));
        assertThat(out.toString().lines())
                .containsExactly(
                        "slot              events  state",
                        "slot-0001.seg          7  in use",
                        "s              1,000,000");
    }
}
