package org.millrace.load;

import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine.Option;

/** What is told, and where. */
final class ResultOptions {
    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    @Option(
            names = {"-q", "--quiet"},
            description = "No progress on standard error.")
    private boolean quiet;

    boolean isQuiet() {
        return quiet;
    }

    void print(LoadResult result, PrintWriter out) throws IOException {
        if (json) {
            out.println(ResultJson.of(result));
            out.flush();
        } else {
            new ResultTable(out).print(result);
        }
    }
}
