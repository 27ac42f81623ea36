package org.millrace.singlenode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SingleNodeIT {
    private static final org.apache.hadoop.fs.Path FILE = new org.apache.hadoop.fs.Path("/logs/one");

    @TempDir
    Path directory;

    @Test
    void whatWasWrittenIsThereAfterARestart() throws Exception {
        try (SingleNode node = SingleNode.start(directory, 0)) {
            write(node.address(), "kept");
        }
        try (SingleNode node = SingleNode.start(directory, 0)) {
            assertThat(read(node.address())).isEqualTo("kept");
        }
    }

    @Test
    void bothNodesMayGoAndComeBack() throws Exception {
        try (SingleNode node = SingleNode.start(directory, 0)) {
            write(node.address(), "kept");
            URI before = node.address();
            node.stopNameNode();
            node.startNameNode();
            assertThat(node.address()).isEqualTo(before);
            node.stopDataNode();
            node.startDataNode();
            assertThat(read(node.address())).isEqualTo("kept");
        }
    }

    @Test
    void aPortThatIsTakenIsRefusedByItsNumber() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> SingleNode.start(directory, taken.getLocalPort()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(Integer.toString(taken.getLocalPort()));
        }
    }

    @Test
    void aPathWithABlankIsRefusedBecauseHadoopCannotServeIt() {
        assertThatThrownBy(() -> SingleNode.start(directory.resolve("two words"), 0))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("two words");
    }

    private static void write(URI address, String text) throws IOException {
        try (FileSystem files = FileSystem.newInstance(address, new Configuration());
                FSDataOutputStream out = files.create(FILE)) {
            out.write(text.getBytes(UTF_8));
        }
    }

    private static String read(URI address) throws IOException {
        try (FileSystem files = FileSystem.newInstance(address, new Configuration());
                FSDataInputStream in = files.open(FILE)) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }
}
