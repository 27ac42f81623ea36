package org.millrace.thrift;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.testkit.TestKdc;

/** A realm and its KDC, as long as the class runs; one more realm, which has ended; and sources and sinks that are of the first. */
abstract class KerberosFixture {
    /** The KDC makes none that last less. */
    static final int TICKET_SECONDS = 4;

    @TempDir
    static Path dir;

    static TestKdc kdc;
    static Path agentKeytab;
    static Path clientKeytab;
    static Path othersKeytab;
    /** What joe of another realm shows to a service of that realm. */
    static byte[] othersToken;

    @BeforeAll
    static void startKdcs() throws Exception {
        try (TestKdc others = TestKdc.start(dir, "OTHERS.EXAMPLE", Duration.ofHours(1))) {
            othersKeytab = others.keytab("joe", "flume/localhost");
            othersToken =
                    KerberosClient.logIn(othersKeytab, "joe@OTHERS.EXAMPLE").token("flume/localhost@OTHERS.EXAMPLE");
        }
        kdc = TestKdc.start(dir, "OURS.EXAMPLE", Duration.ofSeconds(TICKET_SECONDS));
        agentKeytab = kdc.keytab("flume/localhost");
        clientKeytab = kdc.keytab("joe");
    }

    @BeforeEach
    void useOurRealm() throws IOException {
        kdc.configure(kdc.port());
    }

    @AfterAll
    static void stopKdc() throws IOException {
        kdc.close();
    }

    static KerberosClient joe() throws Exception {
        return KerberosClient.logIn(clientKeytab, "joe@OURS.EXAMPLE");
    }

    /** A source with Kerberos, started; later keys take the place of earlier ones. */
    static SourceUnderTest source(String... more) throws Exception {
        return new SourceUnderTest(with(
                more,
                "kerberos",
                "true",
                "agent-principal",
                "flume/localhost@OURS.EXAMPLE",
                "agent-keytab",
                agentKeytab.toString()));
    }

    /** The same of a sink. */
    static SinkUnderTest sink(int port, String... more) throws Exception {
        return new SinkUnderTest(
                port,
                with(
                        more,
                        "kerberos",
                        "true",
                        "client-principal",
                        "joe@OURS.EXAMPLE",
                        "client-keytab",
                        clientKeytab.toString(),
                        "server-principal",
                        "flume/localhost@OURS.EXAMPLE"));
    }

    /** The later ones count. */
    private static String[] with(String[] more, String... keysAndValues) {
        return Stream.concat(Arrays.stream(keysAndValues), Arrays.stream(more)).toArray(String[]::new);
    }
}
