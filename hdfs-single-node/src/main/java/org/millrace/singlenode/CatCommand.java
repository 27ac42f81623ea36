package org.millrace.singlenode;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.FileStatus;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Writes the bytes of each file, as they are, to standard output. */
@Command(name = "cat", description = "Print the content of the files below a path, one after the other.")
final class CatCommand implements Callable<Integer> {
    @Parameters(paramLabel = "LOCATION", description = "hdfs://host:port/path, patterns such as * allowed")
    private String location = "";

    @Override
    public Integer call() throws IOException {
        OutputStream out = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16);
        try (FileTree tree = FileTree.at(location)) {
            for (FileStatus file : tree.list()) {
                try (InputStream in = tree.fileSystem().open(file.getPath())) {
                    in.transferTo(out);
                }
            }
        }
        out.flush();
        return 0;
    }
}
