package org.millrace.thrift.kerberos;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** There is no login, or no handshake. The message is for an operator. */
public final class KerberosException extends IOException {
    private static final long serialVersionUID = 1;

    private final boolean mayHeal;

    KerberosException(String message, boolean mayHeal, @Nullable Throwable cause) {
        super(message, cause);
        this.mayHeal = mayHeal;
    }

    /** True if nobody answered, which may be otherwise later. */
    public boolean mayHeal() {
        return mayHeal;
    }
}
