package org.millrace.tls;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

/** What a client says first. */
final class ClientHello {
    private ClientHello() {}

    static byte[] bytes() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, Trust.inEverybody(), null);
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(true);
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), out);
        byte[] hello = new byte[out.flip().remaining()];
        out.get(hello);
        return hello;
    }
}
