package org.millrace.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.Set;
import javax.security.auth.kerberos.KerberosTicket;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.minikdc.MiniKdc;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.authentication.util.SubjectUtil;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.api.StartException;
import org.millrace.testkit.Batches;

/** Logins against a Kerberos server of the test's. */
class KerberosLoginIT {
    private static final int TICKET_SECONDS = 4;

    @TempDir
    private static Path kdcDirectory;

    @TempDir
    private Path directory;

    private static MiniKdc kdc;
    private static File keytab;

    @BeforeAll
    static void startKdc() throws Exception {
        Properties settings = MiniKdc.createConf();
        settings.setProperty(MiniKdc.MAX_TICKET_LIFETIME, Integer.toString(TICKET_SECONDS));
        kdc = new MiniKdc(settings, kdcDirectory.toFile());
        kdc.start();
        keytab = kdcDirectory.resolve("joe.keytab").toFile();
        kdc.createPrincipal(keytab, "joe/localhost");
    }

    @AfterAll
    static void stopKdc() {
        kdc.stop();
    }

    @AfterEach
    void forgetTheLogin() {
        UserGroupInformation.reset();
    }

    @Test
    void aSinkIsWhoItsKeytabSays() throws Exception {
        try (HadoopUser user = HadoopUser.login("k1", kerberos(principal(), keytab.toPath(), null), secure())) {
            assertThat(user.name()).isEqualTo(principal());
            assertThat(ticket(user).getClient().getName()).isEqualTo(principal());
        }
    }

    @Test
    void aSinkMayActForAnother() throws Exception {
        try (HadoopUser user = HadoopUser.login("k1", kerberos(principal(), keytab.toPath(), "ann"), secure())) {
            assertThat(user.name()).isEqualTo("ann");
            String real = user.call(
                    () -> UserGroupInformation.getCurrentUser().getRealUser().getUserName());
            assertThat(real).isEqualTo(principal());
        }
    }

    @Test
    void twoSinksMayHaveTwoPrincipals() throws Exception {
        File other = directory.resolve("other.keytab").toFile();
        kdc.createPrincipal(other, "other");
        try (HadoopUser one = HadoopUser.login("k1", kerberos(principal(), keytab.toPath(), null), secure());
                HadoopUser two =
                        HadoopUser.login("k2", kerberos("other@" + kdc.getRealm(), other.toPath(), null), secure())) {
            assertThat(ticket(one).getClient().getName()).isEqualTo(principal());
            assertThat(ticket(two).getClient().getName()).isEqualTo("other@" + kdc.getRealm());
        }
    }

    @Test
    void aTicketIsRenewedBeforeItEnds() throws Exception {
        Configuration secure = secure();
        secure.set("hadoop.kerberos.min.seconds.before.relogin", "0");
        try (HadoopUser user = HadoopUser.login("k1", kerberos(principal(), keytab.toPath(), null), secure)) {
            long end = end(user);
            await().until(() -> {
                user.renew();
                return end(user) > end;
            });
        }
    }

    @Test
    void aSinkWithKeytabWritesAsItsPrincipal() throws Exception {
        Files.writeString(
                directory.resolve("core-site.xml"),
                "<configuration><property><name>hadoop.security.authentication</name><value>kerberos</value></property></configuration>");
        Path data = Files.createDirectory(directory.resolve("data"));
        try (SinkUnderTest sut = SinkUnderTest.started(
                data.toUri().toString(),
                "hdfs.configurationDirectory",
                directory.toString(),
                "hdfs.kerberosPrincipal",
                "joe/localhost@" + kdc.getRealm(),
                "hdfs.kerberosKeytab",
                keytab.toString())) {
            sut.put(Batches.of("one")).drainAll();
        }
        assertThat(new Tree(data).lines()).containsExactly("one");
    }

    @Test
    void aFileThatIsNoKeytabIsRefusedByName() throws Exception {
        Path file = Files.writeString(directory.resolve("k"), "nonsense");

        assertThatThrownBy(() -> HadoopUser.login("k1", kerberos(principal(), file, null), secure()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("is no keytab, or has no key of " + principal());
    }

    @Test
    void aPrincipalThatTheKeytabDoesNotHaveIsRefusedByName() {
        assertThatThrownBy(() ->
                        HadoopUser.login("k1", kerberos("jane@" + kdc.getRealm(), keytab.toPath(), null), secure()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(keytab.toString())
                .hasMessageContaining("jane@" + kdc.getRealm());
    }

    @Test
    void aPrincipalWithoutKerberosInHadoopsFilesIsRefused() {
        assertThatThrownBy(() -> SinkUnderTest.started(
                        directory.toUri().toString(),
                        "hdfs.kerberosPrincipal",
                        principal(),
                        "hdfs.kerberosKeytab",
                        keytab.toString()))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("hadoop.security.authentication is simple");
    }

    @Test
    void kerberosWithoutPrincipalIsRefused() {
        assertThatThrownBy(() -> HadoopUser.login("k1", new HadoopUser.Login(null, null), secure()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("expected: hdfs.kerberosPrincipal and hdfs.kerberosKeytab");
    }

    private static String principal() {
        return "joe/localhost@" + kdc.getRealm();
    }

    private static HadoopUser.Login kerberos(String principal, Path keytab, String proxy) {
        return new HadoopUser.Login(new HadoopUser.Kerberos(principal, keytab), proxy);
    }

    private static Configuration secure() {
        Configuration configuration = new Configuration();
        configuration.set("hadoop.security.authentication", "kerberos");
        return configuration;
    }

    /** When the ticket ends, epoch milliseconds. */
    private static long end(HadoopUser user) throws IOException {
        return ticket(user).getEndTime().toInstant().toEpochMilli();
    }

    private static KerberosTicket ticket(HadoopUser user) throws IOException {
        Set<KerberosTicket> tickets =
                user.call(() -> SubjectUtil.current().getPrivateCredentials(KerberosTicket.class));
        assertThat(tickets).hasSize(1);
        return tickets.iterator().next();
    }
}
