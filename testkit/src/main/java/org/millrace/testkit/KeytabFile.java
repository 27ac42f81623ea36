package org.millrace.testkit;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A keytab with one key that no KDC knows, in the format of MIT's Kerberos, version 2. */
public final class KeytabFile {
    private static final int FORMAT = 0x0502;
    private static final int NAME_OF_A_HOSTS_SERVICE = 3;
    private static final int AES_256 = 18;
    private static final int KEY_BYTES = 32;

    private KeytabFile() {}

    /** Writes one for {@code service/host@realm}. */
    public static Path write(Path file, String service, String host, String realm) throws IOException {
        int entryBytes = 2 + text(realm) + text(service) + text(host) + 4 + 4 + 1 + 2 + 2 + KEY_BYTES;
        try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(file))) {
            out.writeShort(FORMAT);
            out.writeInt(entryBytes);
            out.writeShort(2); // parts of the name
            for (String part : new String[] {realm, service, host}) {
                out.writeShort(part.length());
                out.write(part.getBytes(StandardCharsets.US_ASCII));
            }
            out.writeInt(NAME_OF_A_HOSTS_SERVICE);
            out.writeInt(0); // when it was made
            out.writeByte(1); // version of the key
            out.writeShort(AES_256);
            out.writeShort(KEY_BYTES);
            out.write(new byte[KEY_BYTES]);
        }
        return file;
    }

    private static int text(String text) {
        return 2 + text.length();
    }
}
