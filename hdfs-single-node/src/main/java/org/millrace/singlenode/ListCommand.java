package org.millrace.singlenode;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints a line for each file: bytes, with {@code --lines} the number of its lines, path; separated by tabs. */
@Command(name = "ls", description = "List the files below a path: bytes and path, separated by a tab.")
final class ListCommand implements Callable<Integer> {
    @Option(names = "--lines", description = "read each file and print the number of its lines after its bytes")
    private boolean countLines;

    @Parameters(paramLabel = "LOCATION", description = "hdfs://host:port/path, patterns such as * allowed")
    private String location = "";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        try (FileTree tree = FileTree.at(location)) {
            for (FileStatus file : tree.list()) {
                String lines = countLines ? "\t" + lines(tree.fileSystem(), file) : "";
                out.println(
                        file.getLen() + lines + "\t" + file.getPath().toUri().getPath());
            }
        }
        out.flush();
        return 0;
    }

    private static long lines(FileSystem files, FileStatus file) throws IOException {
        try (InputStream in = files.open(file.getPath())) {
            byte[] part = new byte[1 << 16];
            long lines = 0;
            for (int length = in.read(part); length > 0; length = in.read(part)) {
                for (int i = 0; i < length; i++) {
                    lines += part[i] == '\n' ? 1 : 0;
                }
            }
            return lines;
        }
    }
}
