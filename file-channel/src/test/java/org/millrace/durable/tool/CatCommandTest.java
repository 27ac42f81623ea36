package org.millrace.durable.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.api.Settings;
import org.millrace.durable.crypto.Encryption;
import org.millrace.durable.crypto.KeyStores;

class CatCommandTest {
    @TempDir
    private Path directory;

    @Test
    void eventsThatNobodyHasTakenAreShownOldestFirst() throws Exception {
        try (ChannelOnDisk channel = new ChannelOnDisk(directory)) {
            channel.put(3).put(4).commit(0, 2).commit(4, 5);
            ToolRun cat = ToolRun.of("cat", directory);
            assertThat(cat.exit()).isZero();
            assertThat(bodies(cat)).containsExactly("event 2", "event 3", "event 5", "event 6");
            assertThat(cat.lines().get(0)).matches("2  \\d{4}-\\d\\d-\\d\\dT.*Z  event 2");
        }
    }

    @Test
    void otherEventsCanBeAskedFor() throws Exception {
        try (ChannelOnDisk channel = new ChannelOnDisk(null, List.of("a", "b"), directory)) {
            channel.put(6).commit("a", 0, 3);
            assertThat(bodies(ToolRun.of("cat", directory))).hasSize(6); // b has them all to take
            assertThat(bodies(ToolRun.of("cat", "--reader", "a", directory))).hasSize(3);
            assertThat(bodies(ToolRun.of("cat", "--from", "4", directory))).containsExactly("event 4", "event 5");
            assertThat(bodies(ToolRun.of("cat", "--all", "--count", "1", directory)))
                    .containsExactly("event 0");
            assertThat(bodies(ToolRun.of("cat", "--count", "0", directory))).isEmpty();
            ToolRun unknown = ToolRun.of("cat", "--reader", "c", directory);
            assertThat(unknown.exit()).isEqualTo(2);
            assertThat(unknown.err()).contains("--reader c (expected: one of a, b)");
            assertThat(ToolRun.of("cat", "--all", "--from", "1", directory).exit())
                    .isEqualTo(2);
        }
    }

    @Test
    void eventsOfSeveralSegmentsAndDirectoriesComeInOrder(@TempDir Path other) throws Exception {
        try (ChannelOnDisk channel = new ChannelOnDisk(directory, other)) {
            channel.fill(4);
            ToolRun cat = ToolRun.of("cat", "--format", "hex", other, directory);
            assertThat(cat.lines().stream()
                            .filter(line -> line.startsWith("event "))
                            .map(line -> Long.valueOf(line.split(" ")[1])))
                    .hasSize(channel.events())
                    .isSorted();
        }
    }

    @Test
    void headersAreShownOnRequestAndAlwaysInJson() throws Exception {
        new ChannelOnDisk(directory).put(1).close();
        assertThat(ToolRun.of("cat", "--headers", directory).out()).contains("{number=0}  event 0");
        assertThat(ToolRun.of("cat", "--format", "json", directory).out())
                .contains("\"headers\":{\"number\":\"0\"},\"body\":\"event 0\"");
    }

    @Test
    void damageIsSaidAndTheRestIsShown() throws Exception {
        ChannelOnDisk channel =
                new ChannelOnDisk(directory).put(2).put(3).put(2).stop();
        channel.groupOf(2).damageBody();
        ToolRun cat = ToolRun.of("cat", directory);
        assertThat(cat.exit()).isEqualTo(1);
        assertThat(bodies(cat)).containsExactly("event 0", "event 1", "event 5", "event 6");
        assertThat(cat.err())
                .contains("events 2 to 4 are missing: " + channel.groupOf(2).file());
    }

    @Test
    void anEncryptedChannelIsReadWithItsKeysOrSaysSo(@TempDir Path keys) throws Exception {
        Path store = KeyStores.aes(keys, "JCEKS", "k1");
        Map<String, String> settings = Map.of(
                "dataDirs", directory.toString(),
                "encryption.activeKey", "k1",
                "encryption.cipherProvider", "AESGCM",
                "encryption.keyProvider", "JCEKSFILE",
                "encryption.keyProvider.keyStoreFile", store.toString(),
                "encryption.keyProvider.keyStorePasswordFile",
                        keys.resolve("password").toString(),
                "encryption.keyProvider.keys", "k1");
        new ChannelOnDisk(encryption(settings).open(), List.of("default"), directory)
                .put(3)
                .commit(0, 1)
                .close();
        assertThat(new String(
                        Files.readAllBytes(directory.resolve("slot-0001.seg")),
                        java.nio.charset.StandardCharsets.ISO_8859_1))
                .doesNotContain("event 2");

        ToolRun withKeys = ToolRun.of(
                "cat", "--key-store", store, "--key-store-password-file", keys.resolve("password"), directory);
        assertThat(bodies(withKeys)).containsExactly("event 1", "event 2");

        ToolRun configured =
                new ToolRun().configured(settings).run("cat", "--conf-file", "x", "--name", "a", "--channel", "c");
        assertThat(bodies(configured)).containsExactly("event 1", "event 2");

        ToolRun without = ToolRun.of("cat", directory);
        assertThat(without.exit()).isEqualTo(1);
        assertThat(without.err()).contains("is encrypted with key k1 (expected: --key-store");
        assertThat(ToolRun.of("ls", directory).out()).contains("cannot be read without the key");
        assertThat(ToolRun.of("stats", directory).out()).contains("3 on disk");
        assertThat(ToolRun.of("verify", directory).exit()).isEqualTo(1);
    }

    private static Encryption encryption(Map<String, String> settings) {
        return Encryption.read(new Settings(settings, new Settings.Problems() {
            @Override
            public void problem(String key, String message) {
                throw new AssertionError(key + ": " + message);
            }

            @Override
            public void note(String key, String message) {}
        }));
    }

    private static List<String> bodies(ToolRun run) {
        return run.lines().stream()
                .map(line -> line.substring(line.indexOf("event ")))
                .toList();
    }
}
