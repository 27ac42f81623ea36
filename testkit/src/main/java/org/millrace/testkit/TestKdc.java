package org.millrace.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.kerby.kerberos.kerb.KrbException;
import org.apache.kerby.kerberos.kerb.server.KdcConfigKey;
import org.apache.kerby.kerberos.kerb.server.SimpleKdcServer;
import org.millrace.testkit.process.FreePorts;

/**
 * A key distribution center of a test's own, on loopback. A module that uses it declares {@code kerb-simplekdc}. This JVM takes the Kerberos
 * configuration that was {@linkplain #configure made last}; others are told of it by {@link #flag}. Only one at a time in a JVM: its settings are the process's.
 */
public final class TestKdc implements AutoCloseable {
    private static final String PROPERTY = "java.security.krb5.conf";

    private final SimpleKdcServer server;
    private final Path dir;
    private final Path configuration;
    private final String realm;
    private final int port = FreePorts.next();
    private int keytabs;

    private TestKdc(SimpleKdcServer server, Path dir, String realm) {
        this.server = server;
        this.dir = dir;
        this.configuration = dir.resolve("krb5-" + realm + ".conf");
        this.realm = realm;
    }

    /**
     * Starts it, and has this JVM use it.
     *
     * @param dir for its files
     * @param ticketLife how long its tickets last at the most
     */
    public static TestKdc start(Path dir, String realm, Duration ticketLife) throws IOException {
        try {
            TestKdc kdc = new TestKdc(new SimpleKdcServer(), dir, realm);
            kdc.server.setWorkDir(
                    Files.createDirectories(dir.resolve("kdc-" + realm)).toFile());
            kdc.server.setKdcHost("127.0.0.1");
            kdc.server.setKdcRealm(realm);
            kdc.server.setAllowUdp(false);
            kdc.server.setKdcTcpPort(kdc.port);
            kdc.server.getKdcConfig().setLong(KdcConfigKey.MAXIMUM_TICKET_LIFETIME, ticketLife.toSeconds());
            kdc.server.init();
            kdc.server.start();
            kdc.configure(kdc.port);
            return kdc;
        } catch (KrbException e) {
            throw new IOException("no KDC for " + realm, e);
        }
    }

    /** Makes the configuration again: with its port, or another one, where it is not. */
    public void configure(int kdcPort) throws IOException {
        Files.writeString(configuration, """
            [libdefaults]
            default_realm = %1$s
            dns_lookup_kdc = false
            dns_lookup_realm = false
            udp_preference_limit = 1
            max_retries = 1
            [realms]
            %1$s = {
              kdc = 127.0.0.1:%2$d
            }
            """.formatted(realm, kdcPort));
        System.setProperty(PROPERTY, configuration.toString());
    }

    /** Where it listens. */
    public int port() {
        return port;
    }

    /** Makes principals of its realm. Returns a new keytab with their keys. */
    public Path keytab(String... principals) throws IOException {
        Path keytab = dir.resolve(realm + "-" + keytabs++ + ".keytab");
        try {
            server.createAndExportPrincipals(keytab.toFile(), principals);
        } catch (KrbException e) {
            throw new IOException("no principals " + String.join(", ", principals), e);
        }
        return keytab;
    }

    /** Gives a principal another key, which no keytab has. */
    public void changeKey(String principal) throws IOException {
        try {
            server.deletePrincipal(principal);
            server.createPrincipal(principal);
        } catch (KrbException e) {
            throw new IOException("no other key for " + principal, e);
        }
    }

    /** For another JVM that is to use it. */
    public String flag() {
        return "-D" + PROPERTY + "=" + configuration;
    }

    @Override
    public void close() throws IOException {
        System.clearProperty(PROPERTY);
        try {
            server.stop();
        } catch (KrbException e) {
            throw new IOException("the KDC does not stop", e);
        }
    }
}
