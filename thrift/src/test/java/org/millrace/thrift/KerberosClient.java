package org.millrace.thrift;

import java.nio.file.Path;
import java.security.PrivilegedExceptionAction;
import java.util.Map;
import javax.security.auth.Subject;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import javax.security.auth.login.Configuration;
import javax.security.auth.login.LoginContext;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslClient;
import org.ietf.jgss.GSSContext;
import org.ietf.jgss.GSSManager;
import org.ietf.jgss.Oid;

/** A principal that has logged in, as a client of the JDK's own. */
final class KerberosClient {
    private final Subject subject;

    private KerberosClient(Subject subject) {
        this.subject = subject;
    }

    /** Asks the KDC of the realm that is configured just now. */
    static KerberosClient logIn(Path keytab, String principal) throws Exception {
        LoginContext login = new LoginContext("test", new Subject(), null, new Configuration() {
            @Override
            public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
                return new AppConfigurationEntry[] {
                    new AppConfigurationEntry(
                            "com.sun.security.auth.module.Krb5LoginModule",
                            LoginModuleControlFlag.REQUIRED,
                            Map.of(
                                    "useKeyTab", "true",
                                    "keyTab", keytab.toString(),
                                    "principal", principal,
                                    "doNotPrompt", "true",
                                    "refreshKrb5Config", "true"))
                };
            }
        });
        login.login();
        return new KerberosClient(login.getSubject());
    }

    <T> T act(PrivilegedExceptionAction<T> work) throws Exception {
        return Subject.doAs(subject, work);
    }

    /** For the service {@code flume} of this machine. */
    SaslClient saslClient() throws Exception {
        return act(() -> Sasl.createSaslClient(
                new String[] {"GSSAPI"}, null, "flume", "localhost", Map.of(Sasl.QOP, "auth"), null));
    }

    /** What it shows to a service first. */
    byte[] token(String service) throws Exception {
        return act(() -> {
            GSSManager manager = GSSManager.getInstance();
            GSSContext context = manager.createContext(
                    manager.createName(service, new Oid("1.2.840.113554.1.2.2.1")),
                    new Oid("1.2.840.113554.1.2.2"),
                    null,
                    GSSContext.DEFAULT_LIFETIME);
            context.requestMutualAuth(true);
            return context.initSecContext(new byte[0], 0, 0);
        });
    }
}
