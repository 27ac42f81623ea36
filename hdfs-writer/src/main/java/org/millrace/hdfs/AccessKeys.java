package org.millrace.hdfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import javax.security.auth.kerberos.KerberosPrincipal;
import org.jspecify.annotations.Nullable;
import org.millrace.api.Settings;

/** Reads the keys that tell how the file system is reached, and as whom. */
final class AccessKeys {
    private static final String PRINCIPAL_FORM = "a principal, such as name/_HOST@REALM";
    private static final String KEYTAB_FORM = "a keytab file that can be read";

    private final Settings hdfs;

    AccessKeys(Settings hdfs) {
        this.hdfs = hdfs;
    }

    HdfsSettings.Access read() {
        SyncMode sync = sync();
        hdfs.ignored("no checksum files are written to file:// paths", "useRawLocalFileSystem");
        return new HdfsSettings.Access(
                pathOrNull(
                        "configurationDirectory",
                        "a directory with Hadoop's core-site.xml, hdfs-site.xml or both",
                        "where Hadoop's configuration is, if not on the class path",
                        HadoopConfiguration::checked),
                new HadoopUser.Login(
                        kerberos(), filled("proxyUser", "a user's name", "the user in whose name files are written")),
                sync);
    }

    private SyncMode sync() {
        SyncMode sync = hdfs.oneOf("sync", SyncMode.class)
                .about(
                        "what a batch waits for before it counts as written: hflush, the memory of the data nodes; hsync,"
                                + " their disks; none, nothing, and what stands in open files is gone if the agent is killed")
                .orElse(SyncMode.HFLUSH);
        if (sync == SyncMode.NONE) {
            hdfs.note("sync", "none: events in files that are not closed yet are lost if the agent is killed");
        }
        return sync;
    }

    private HadoopUser.@Nullable Kerberos kerberos() {
        String principal = filled("kerberosPrincipal", PRINCIPAL_FORM, "as whom to log in to a secure cluster");
        Path keytab = pathOrNull("kerberosKeytab", KEYTAB_FORM, "the key for that", AccessKeys::readable);
        for (String key : new String[] {"kerberosPrincipal", "kerberosKeytab"}) {
            if (!hdfs.has(key) && (principal != null || keytab != null)) {
                hdfs.problem(
                        key, "missing (expected: both hdfs.kerberosPrincipal and hdfs.kerberosKeytab, or neither)");
            }
        }
        if (principal == null || keytab == null) {
            return null;
        }
        HadoopUser.Kerberos kerberos = new HadoopUser.Kerberos(principal, keytab);
        if (!principal.isEmpty()
                && Files.isRegularFile(keytab)) { // else they stand in for mistakes that are told already
            check(kerberos);
        }
        return kerberos;
    }

    private void check(HadoopUser.Kerberos kerberos) {
        try {
            KerberosPrincipal name = kerberos.name();
            if (!kerberos.hasKeyOf(name)) {
                hdfs.problem(
                        "kerberosKeytab",
                        kerberos.keytab() + ": it is no keytab, or has no key of " + name.getName() + " (expected: "
                                + KEYTAB_FORM + ")");
            }
        } catch (IOException e) {
            hdfs.problem(
                    "kerberosPrincipal",
                    kerberos.principal() + ": " + e.getMessage() + " (expected: " + PRINCIPAL_FORM + ")");
        }
    }

    private static Path readable(Path file) {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new IllegalArgumentException(Files.exists(file) ? "it cannot be read" : "there is no such file");
        }
        return file;
    }

    private @Nullable Path pathOrNull(String key, String expected, String meaning, Function<Path, Path> check) {
        Path standIn = Path.of(".");
        return hdfs.value(key, expected, text -> check.apply(Path.of(text)), standIn)
                .about(meaning)
                .orNull();
    }

    private @Nullable String filled(String key, String expected, String meaning) {
        return hdfs.value(
                        key,
                        expected,
                        text -> {
                            if (text.isEmpty()) {
                                throw new IllegalArgumentException();
                            }
                            return text;
                        },
                        "")
                .about(meaning)
                .orNull();
    }
}
