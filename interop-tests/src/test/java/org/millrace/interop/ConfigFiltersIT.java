package org.millrace.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.alias.CredentialProvider;
import org.apache.hadoop.security.alias.CredentialProviderFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.testkit.process.AgentProcess;
import org.millrace.testkit.process.AgentProcess.Kind;
import org.millrace.testkit.process.FreePorts;

/** The same file, whose values come out of config filters, run by Flume and by us: what they make of the values shows in the events. */
class ConfigFiltersIT {
    /** What becomes the value of a header, by the header's name. */
    private static final Map<String, String> VALUES = new LinkedHashMap<>();

    static {
        VALUES.put("env", "${env['PATH']}");
        VALUES.put("env-double", "${env[\"PATH\"]}");
        VALUES.put("env-bare", "${env[PATH]}");
        VALUES.put("external", "${program['a-key_1']}");
        VALUES.put("external-charset", "${latin['umlaut']}");
        VALUES.put("store", "${store['db-password']}");
        VALUES.put("inside", "before-${program['x']}-${store['db-password']}-behind");
        VALUES.put("class-name", "${named['y']}");
    }

    @TempDir
    private static Path dir;

    @BeforeAll
    static void makeAStoreAndAProgram() throws Exception {
        String more = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.contains("hadoop-client-"))
                .collect(Collectors.joining(File.pathSeparator));
        System.setProperty("flume.peer.more", more);
        Files.writeString(dir.resolve("program"), "#!/bin/sh\necho \"value of $1\"\necho 'a second line'\n");
        Files.writeString(dir.resolve("latin"), "#!/bin/sh\nprintf '\\374mlaut\\n'\n");
        for (String program : List.of("program", "latin")) {
            Files.setPosixFilePermissions(dir.resolve(program), PosixFilePermissions.fromString("rwx------"));
        }
        Configuration hadoop = new Configuration();
        hadoop.set(CredentialProviderFactory.CREDENTIAL_PROVIDER_PATH, store());
        CredentialProvider provider =
                CredentialProviderFactory.getProviders(hadoop).get(0);
        provider.createCredentialEntry("db-password", "s3cret".toCharArray());
        provider.flush();
    }

    @AfterAll
    static void leaveTheClassPath() {
        System.clearProperty("flume.peer.more");
    }

    @Test
    void theSameFileMeansTheSameToBoth() throws Exception {
        String ofFlume = eventOf(Kind.FLUME);

        assertThat(eventOf(Kind.MILLRACE)).isEqualTo(ofFlume);
        assertThat(ofFlume)
                .contains(
                        "env=" + System.getenv("PATH") + " ",
                        "external=value of a-key_1 ",
                        "inside=before-value of x-s3cret-behind ");
    }

    /** With all its headers. */
    private static String eventOf(Kind kind) throws IOException {
        Path home = Files.createDirectory(dir.resolve(kind.name()));
        int port = FreePorts.next();
        try (EventRecorder recorder = new EventRecorder();
                AgentProcess agent = AgentProcess.start(
                        kind, "agent", home, List.of("-Xmx256m"), configuration(port, recorder.port()), port)) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.getOutputStream().write("one\n".getBytes(UTF_8));
                return recorder.take(1).get(0);
            }
        }
    }

    private static String configuration(int port, int sinkPort) {
        StringBuilder file = new StringBuilder(AgentFiles.channel("s", "k"));
        file.append("""
                a.configfilters = env program latin store named
                a.configfilters.env.type = env
                a.configfilters.program.type = external
                a.configfilters.program.command = %1$s/program
                a.configfilters.latin.type = external
                a.configfilters.latin.command = %1$s/latin
                a.configfilters.latin.charset = ISO-8859-1
                a.configfilters.store.type = hadoop
                a.configfilters.store.credential.provider.path = %2$s
                a.configfilters.named.type = org.apache.flume.configfilter.ExternalProcessConfigFilter
                a.configfilters.named.command = %1$s/program
                a.sources.s.type = netcat
                a.sources.s.bind = 127.0.0.1
                a.sources.s.port = %3$d
                a.sources.s.channels = c
                a.sources.s.interceptors = %4$s
                """.formatted(dir, store(), port, String.join(" ", VALUES.keySet())));
        VALUES.forEach((name, value) -> file.append("""
                a.sources.s.interceptors.%1$s.type = static
                a.sources.s.interceptors.%1$s.key = %1$s
                a.sources.s.interceptors.%1$s.value = %2$s
                """.formatted(name, value)));
        return file + AgentFiles.avroSink("k", sinkPort, 100, "none");
    }

    private static String store() {
        return "jceks://file" + dir.resolve("secrets.jceks");
    }
}
