package org.millrace.thrift.kerberos;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivilegedActionException;
import java.security.PrivilegedExceptionAction;
import java.util.HashMap;
import java.util.Map;
import javax.security.auth.Subject;
import javax.security.auth.kerberos.KerberosPrincipal;
import javax.security.auth.kerberos.KeyTab;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import javax.security.auth.login.Configuration;
import javax.security.auth.login.LoginContext;
import javax.security.auth.login.LoginException;
import javax.security.sasl.SaslException;

/** A file with the key of a principal, and how to log in with it. */
record Keytab(KerberosPrincipal principal, Path file) {
    private static final String MODULE = "com.sun.security.auth.module.Krb5LoginModule";

    /** What is wrong with the file, whatever is in it; empty if nothing is. */
    static String problemOf(Path file) {
        if (!Files.isRegularFile(file)) {
            return Files.exists(file) ? "it is no file" : "there is no such file";
        }
        return Files.isReadable(file) ? "" : "this user may not read it";
    }

    /** Whether it has a key of the principal. Reads it; what the JDK makes of a file that is no keytab, or has other keys, is the same. */
    boolean hasKey() {
        return KeyTab.getUnboundInstance(file.toFile()).getKeys(principal).length > 0;
    }

    /** The principal with a ticket of its own, by which it can ask for those of services. Asks the KDC, and waits for it. */
    Subject loggedIn() throws LoginException {
        return login(true);
    }

    /** The principal with its keys, by which it can read tickets that others have for it. Asks nobody. */
    Subject withKeys() throws LoginException {
        return login(false);
    }

    private Subject login(boolean asksForTicket) throws LoginException {
        Map<String, String> options = new HashMap<>();
        options.put("useKeyTab", "true");
        options.put("keyTab", file.toString());
        options.put("principal", principal.getName());
        options.put("storeKey", "true");
        options.put("doNotPrompt", "true");
        options.put("isInitiator", Boolean.toString(asksForTicket));
        options.put("refreshKrb5Config", "true"); // krb5.conf may have changed
        LoginContext login = new LoginContext("millrace", new Subject(), null, new Configuration() {
            @Override
            public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
                return new AppConfigurationEntry[] {
                    new AppConfigurationEntry(MODULE, LoginModuleControlFlag.REQUIRED, options)
                };
            }
        });
        login.login();
        return login.getSubject();
    }

    /** Something that may fail. */
    interface Work<T> {
        T run() throws SaslException;
    }

    /** Does something as who has logged in. */
    static <T> T as(Subject subject, Work<T> work) throws SaslException {
        try {
            return Subject.doAs(subject, (PrivilegedExceptionAction<T>) work::run);
        } catch (PrivilegedActionException e) {
            if (e.getCause() instanceof SaslException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}
