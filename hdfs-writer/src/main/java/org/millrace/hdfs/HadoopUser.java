package org.millrace.hdfs;

import static org.apache.hadoop.fs.CommonConfigurationKeysPublic.HADOOP_KERBEROS_MIN_SECONDS_BEFORE_RELOGIN;
import static org.apache.hadoop.fs.CommonConfigurationKeysPublic.HADOOP_KERBEROS_MIN_SECONDS_BEFORE_RELOGIN_DEFAULT;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.security.PrivilegedAction;
import java.security.PrivilegedExceptionAction;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.security.auth.kerberos.KerberosPrincipal;
import javax.security.auth.kerberos.KeyTab;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.SecurityUtil;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.UserGroupInformation.AuthenticationMethod;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who a sink is to Hadoop: a principal with a keytab, the user that it, or the agent's own user, acts for, or simply the agent's
 * user. Each sink has its own; Flume allows one principal in an agent. Thread-safe.
 *
 * <p>Tickets are renewed by a thread, so that a key distribution center that hangs holds up nobody while the ticket lasts: Hadoop
 * renews those of the process's one login user by itself, but not ours.
 */
final class HadoopUser implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(HadoopUser.class);
    /** Hadoop gets a new ticket once four fifths of the old one's time are over; until then a look costs nothing. */
    private static final int LOOKS_PER_RELOGIN = 2;

    private final String sink;
    private final UserGroupInformation user;
    private final @Nullable UserGroupInformation keytabUser;
    private final @Nullable ScheduledExecutorService renewal;

    /**
     * How to log in.
     *
     * @param proxyUser whom to act for; null for nobody
     */
    record Login(@Nullable Kerberos kerberos, @Nullable String proxyUser) {}

    /** @param principal its {@code _HOST} stands for this machine's name */
    record Kerberos(String principal, Path keytab) {
        /**
         * The principal in full.
         *
         * @throws IOException if it can be none, with the reason
         */
        KerberosPrincipal name() throws IOException {
            try {
                return new KerberosPrincipal(SecurityUtil.getServerPrincipal(principal, ""));
            } catch (IllegalArgumentException e) {
                throw new IOException(e.getMessage(), e);
            }
        }

        /** Looks into the file; what Java makes of one that is no keytab, and of one that has other keys, is the same. */
        boolean hasKeyOf(KerberosPrincipal name) {
            return KeyTab.getUnboundInstance(keytab.toFile()).getKeys(name).length > 0;
        }
    }

    private HadoopUser(
            String sink, UserGroupInformation user, @Nullable UserGroupInformation keytabUser, long renewalSeconds) {
        this.sink = sink;
        this.user = user;
        this.keytabUser = keytabUser;
        this.renewal = keytabUser == null ? null : renewal(sink);
        if (renewal != null) {
            renewal.scheduleWithFixedDelay(this::renew, renewalSeconds, renewalSeconds, TimeUnit.SECONDS);
        }
    }

    private static ScheduledExecutorService renewal(String sink) {
        return new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, "hdfs-" + sink + "-login");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** @throws IOException with a message that names the setting or file at fault */
    static HadoopUser login(String sink, Login login, Configuration configuration) throws IOException {
        boolean secure = SecurityUtil.getAuthenticationMethod(configuration) == AuthenticationMethod.KERBEROS;
        Kerberos kerberos = login.kerberos();
        if (secure) {
            UserGroupInformation.setConfiguration(configuration);
        }
        UserGroupInformation keytabUser = kerberos == null ? null : byKeytab(kerberos, secure);
        UserGroupInformation real = keytabUser == null ? UserGroupInformation.getCurrentUser() : keytabUser;
        if (secure && !real.hasKerberosCredentials()) {
            throw new IOException("hadoop.security.authentication is kerberos, and " + real.getUserName()
                    + " has no ticket (expected: hdfs.kerberosPrincipal and hdfs.kerberosKeytab)");
        }
        String proxy = login.proxyUser();
        UserGroupInformation user = proxy == null ? real : UserGroupInformation.createProxyUser(proxy, real);
        if (keytabUser != null || proxy != null) {
            log.info("Sink {}: to Hadoop it is {}", sink, user);
        }
        return new HadoopUser(sink, user, keytabUser, renewalSeconds(configuration));
    }

    /** Hadoop does not log in again within a time of its own, so there is no use in looking much more often. */
    private static long renewalSeconds(Configuration configuration) {
        long between = configuration.getLong(
                HADOOP_KERBEROS_MIN_SECONDS_BEFORE_RELOGIN, HADOOP_KERBEROS_MIN_SECONDS_BEFORE_RELOGIN_DEFAULT);
        return Math.max(1, between / LOOKS_PER_RELOGIN);
    }

    private static UserGroupInformation byKeytab(Kerberos kerberos, boolean secure) throws IOException {
        if (!secure) {
            throw new IOException("hdfs.kerberosPrincipal is set, but hadoop.security.authentication is simple "
                    + "(expected: kerberos, in a core-site.xml on the class path or in hdfs.configurationDirectory)");
        }
        String principal = checkedName(kerberos);
        try {
            return UserGroupInformation.loginUserFromKeytabAndReturnUGI(
                    principal, kerberos.keytab().toString());
        } catch (IOException e) {
            throw new IOException("log in as " + principal + " with " + kerberos.keytab() + ": " + e.getMessage(), e);
        }
    }

    /** The file may be another one than when the settings were read; and what Java's own login makes of that is "Unable to obtain password from user". */
    private static String checkedName(Kerberos kerberos) throws IOException {
        KerberosPrincipal name;
        try {
            name = kerberos.name();
        } catch (IOException e) {
            throw new IOException(
                    "hdfs.kerberosPrincipal = " + kerberos.principal() + ": " + e.getMessage()
                            + " (expected: such as name/host@REALM)",
                    e);
        }
        if (!kerberos.hasKeyOf(name)) {
            throw new IOException(
                    "hdfs.kerberosKeytab = " + kerberos.keytab() + " is no keytab, or has no key of " + name.getName());
        }
        return name.getName();
    }

    /** Something that may fail. */
    interface Call<T> {
        T run() throws IOException;
    }

    /** Does something as this user. */
    <T> T call(Call<T> work) throws IOException {
        try {
            return user.doAs((PrivilegedExceptionAction<T>) work::run);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    /** The work, done as this user. */
    Runnable as(Runnable work) {
        return () -> user.doAs((PrivilegedAction<@Nullable Void>) () -> {
            work.run();
            return null;
        });
    }

    /** As Hadoop sees it. */
    String name() {
        return user.getUserName();
    }

    /** Gets a new ticket if the one we have has not much time left. */
    void renew() {
        if (keytabUser == null) {
            return;
        }
        try {
            keytabUser.checkTGTAndReloginFromKeytab();
        } catch (IOException | RuntimeException e) { // a timer's task that throws is not run again
            log.warn(
                    "Sink {}: cannot renew the ticket of {}, trying again soon: {}",
                    sink,
                    keytabUser.getUserName(),
                    e.toString());
        }
    }

    @Override
    public void close() {
        if (renewal != null) {
            renewal.shutdownNow();
        }
    }
}
