package org.millrace.hdfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.minikdc.MiniKdc;
import org.apache.hadoop.net.StandardSocketFactory;
import org.apache.hadoop.security.UserGroupInformation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.api.DeliveryException;
import org.millrace.testkit.Batches;

/** A secured HDFS and its Kerberos server, both of the test's; tickets last some seconds. */
class KerberosHdfsIT {
    private static final int TICKET_SECONDS = 6;

    @TempDir
    private static Path directory;

    private static MiniKdc kdc;
    private static File keytab;
    private static Path hadoopsFiles;
    private static MiniDFSCluster cluster;
    private static DistributedFileSystem hdfs;
    private static MiniDFSCluster simpleCluster;
    private static DistributedFileSystem simpleHdfs;
    private org.apache.hadoop.fs.Path root;

    /** The nodes of the cluster without Kerberos talk to each other by a client of their own, whatever the sinks do. */
    public static final class NodesSockets extends StandardSocketFactory {}

    /** First, since starting a cluster says for the whole process whether there is Kerberos. */
    @BeforeAll
    static void startClusters() throws Exception {
        startSimpleCluster();
        startSecureCluster();
    }

    private static void startSimpleCluster() throws Exception {
        Configuration configuration = new Configuration();
        configuration.set(
                MiniDFSCluster.HDFS_MINIDFS_BASEDIR, directory.resolve("simple").toString());
        configuration.set("hadoop.rpc.socket.factory.class.default", NodesSockets.class.getName());
        configuration.set("ipc.client.fallback-to-simple-auth-allowed", "true");
        configuration.set("ignore.secure.ports.for.testing", "true"); // its data node sees the process's Kerberos, too
        simpleCluster =
                new MiniDFSCluster.Builder(configuration).numDataNodes(1).build();
        simpleHdfs = simpleCluster.getFileSystem();
        simpleHdfs.setPermission(new org.apache.hadoop.fs.Path("/"), new FsPermission((short) 0777));
    }

    private static void startSecureCluster() throws Exception {
        Properties settings = MiniKdc.createConf();
        settings.setProperty(MiniKdc.MAX_TICKET_LIFETIME, Integer.toString(TICKET_SECONDS));
        kdc = new MiniKdc(
                settings, Files.createDirectory(directory.resolve("kdc")).toFile());
        kdc.start();
        keytab = directory.resolve("keytab").toFile();
        kdc.createPrincipal(keytab, "hdfs/localhost", "HTTP/localhost", "joe", "jane");
        StringBuilder site = new StringBuilder("<configuration>");
        secured()
                .forEach((name, value) ->
                        site.append("<property><name>" + name + "</name><value>" + value + "</value></property>"));
        hadoopsFiles = Files.createDirectory(directory.resolve("conf"));
        Files.writeString(hadoopsFiles.resolve("core-site.xml"), site + "</configuration>");

        Configuration configuration = new Configuration();
        secured().forEach(configuration::set);
        configuration.set(
                MiniDFSCluster.HDFS_MINIDFS_BASEDIR, directory.resolve("dfs").toString());
        UserGroupInformation.setConfiguration(configuration);
        cluster = new MiniDFSCluster.Builder(configuration).numDataNodes(1).build();
        hdfs = cluster.getFileSystem();
    }

    @AfterAll
    static void stopCluster() throws IOException {
        hdfs.close();
        cluster.shutdown(true);
        simpleHdfs.close();
        simpleCluster.shutdown(true);
        kdc.stop();
        UserGroupInformation.reset();
    }

    @BeforeEach
    void freshRoot() throws IOException {
        root = new org.apache.hadoop.fs.Path(hdfs.getUri() + "/logs");
        hdfs.delete(root, true);
        hdfs.mkdirs(root);
        hdfs.setPermission(root, new FsPermission((short) 0777));
    }

    @Test
    void aSinkWritesAsItsPrincipalLongerThanItsTicketLasts() throws Exception {
        Instant end = Instant.now().plusSeconds(3 * TICKET_SECONDS);
        AtomicInteger batches = new AtomicInteger();
        try (SinkUnderTest sut = started()) {
            // a connection to the name node is closed after a second, so each batch needs a ticket that is good
            await().pollInterval(Duration.ofSeconds(2)).until(() -> {
                sut.put(Batches.of("batch " + batches.getAndIncrement())).drainAll();
                sut.clock.advance(Duration.ofMinutes(1));
                sut.sink.drain(); // finishes the file
                return Instant.now().isAfter(end);
            });
        }
        assertThat(files())
                .hasSize(batches.get())
                .allMatch(file -> file.getOwner().equals("joe"));
        for (int i = 0; i < batches.get(); i++) {
            assertThat(text(files().get(i))).isEqualTo("batch " + i + "\n");
        }
    }

    @Test
    void aPrincipalMayWriteForAnother() throws Exception {
        try (SinkUnderTest sut = started("hdfs.proxyUser", "ann")) {
            sut.put(Batches.of("one")).drainAll();
        }
        assertThat(files()).singleElement().satisfies(file -> {
            assertThat(file.getOwner()).isEqualTo("ann");
            assertThat(text(file)).isEqualTo("one\n");
        });
    }

    @Test
    void aPrincipalThatMayNotWriteForAnotherIsToldSo() throws Exception {
        try (SinkUnderTest sut = started("hdfs.kerberosPrincipal", "jane@" + kdc.getRealm(), "hdfs.proxyUser", "ann")) {
            sut.put(Batches.of("one"));
            assertThatThrownBy(sut.sink::drain)
                    .isInstanceOf(DeliveryException.class)
                    .hasMessageContaining("jane@" + kdc.getRealm() + " is not allowed to impersonate ann");
            assertThat(sut.channel.bodies()).containsExactly("one");
        }
    }

    @Test
    void aSinkOfAClusterWithoutKerberosWritesBesideOneOfASecureCluster() throws Exception {
        org.apache.hadoop.fs.Path plain = new org.apache.hadoop.fs.Path(simpleHdfs.getUri() + "/plain");
        try (SinkUnderTest secure = started();
                SinkUnderTest simple = SinkUnderTest.started(plain.toString())) {
            simple.put(Batches.of("plain")).drainAll();
            secure.put(Batches.of("secured")).drainAll();
        }
        assertThat(files())
                .singleElement()
                .satisfies(file -> assertThat(text(file)).isEqualTo("secured\n"));
        try (InputStream in = simpleHdfs.open(simpleHdfs.listStatus(plain)[0].getPath())) {
            assertThat(in.readAllBytes()).asString(UTF_8).isEqualTo("plain\n");
        }
    }

    /** What a sink of a cluster without Kerberos may do, which has been here first, is not for one that has to be secure. */
    @Test
    void aSinkThatIsToBeSecureDoesNotWriteToAClusterWithoutKerberos() throws Exception {
        org.apache.hadoop.fs.Path plain = new org.apache.hadoop.fs.Path(simpleHdfs.getUri() + "/downgraded");
        try (SinkUnderTest simple = SinkUnderTest.started(plain.toString())) {
            simple.put(Batches.of("plain")).drainAll();
        }
        try (SinkUnderTest secure = SinkUnderTest.started(plain.toString(), asJoe())) {
            secure.put(Batches.of("secret"));
            assertThatThrownBy(secure.sink::drain).hasMessageContaining("only allow secure connections");
        }
    }

    /** As joe, unless told otherwise. */
    private SinkUnderTest started(String... keysAndValues) throws Exception {
        return SinkUnderTest.started(
                root.toString(),
                Stream.concat(Arrays.stream(asJoe()), Arrays.stream(keysAndValues))
                        .toArray(String[]::new));
    }

    private static String[] asJoe() {
        return new String[] {
            "hdfs.rollInterval",
            "30",
            "hdfs.configurationDirectory",
            hadoopsFiles.toString(),
            "hdfs.kerberosPrincipal",
            "joe@" + kdc.getRealm(),
            "hdfs.kerberosKeytab",
            keytab.toString()
        };
    }

    private static Map<String, String> secured() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("hadoop.security.authentication", "kerberos");
        settings.put("hadoop.kerberos.min.seconds.before.relogin", "1");
        settings.put("ipc.client.connection.maxidletime", "1000");
        settings.put("dfs.block.access.token.enable", "true");
        settings.put("ignore.secure.ports.for.testing", "true");
        settings.put("hadoop.proxyuser.joe.hosts", "*");
        settings.put("hadoop.proxyuser.joe.groups", "*");
        settings.put("hadoop.security.auth_to_local", "RULE:[1:$1] RULE:[2:$1]");
        for (String node : List.of("namenode", "datanode")) {
            settings.put("dfs." + node + ".kerberos.principal", "hdfs/localhost@" + kdc.getRealm());
            settings.put("dfs." + node + ".keytab.file", keytab.toString());
        }
        settings.put("dfs.web.authentication.kerberos.principal", "HTTP/localhost@" + kdc.getRealm());
        settings.put("dfs.web.authentication.kerberos.keytab", keytab.toString());
        return settings;
    }

    private List<FileStatus> files() throws IOException {
        return List.of(hdfs.listStatus(root));
    }

    private static String text(FileStatus file) throws IOException {
        try (InputStream in = hdfs.open(file.getPath())) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }
}
