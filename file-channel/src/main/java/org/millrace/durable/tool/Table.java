package org.millrace.durable.tool;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Lines of cells under headings, each column as wide as its widest cell. A column whose heading starts with a blank is right-aligned. */
final class Table {
    private static final String BETWEEN = "  ";

    private final List<List<String>> rows = new ArrayList<>();
    private final boolean[] right;

    Table(String... headings) {
        right = new boolean[headings.length];
        List<String> row = new ArrayList<>();
        for (int column = 0; column < headings.length; column++) {
            right[column] = headings[column].startsWith(" ");
            row.add(headings[column].trim());
        }
        rows.add(row);
    }

    void add(Object... cells) {
        List<String> row = new ArrayList<>();
        for (Object cell : cells) {
            row.add(cell.toString());
        }
        rows.add(row);
    }

    void print(PrintWriter out) {
        int[] widths = new int[right.length];
        for (List<String> row : rows) {
            for (int column = 0; column < row.size(); column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        rows.forEach(row -> out.println(line(row, widths)));
    }

    private String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < row.size(); column++) {
            String fill = " ".repeat(widths[column] - row.get(column).length());
            line.append(column == 0 ? "" : BETWEEN);
            line.append(right[column] ? fill + row.get(column) : row.get(column) + fill);
        }
        return line.toString().stripTrailing();
    }
}
