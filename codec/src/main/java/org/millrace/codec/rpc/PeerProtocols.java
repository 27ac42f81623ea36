package org.millrace.codec.rpc;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The protocols of peers that are not Flume's own, by hash, shared by all connections of a server: a peer that has told its text
 * once need not do so again. Only so many are kept, the latest used. Thread-safe.
 */
public final class PeerProtocols {
    private static final int MAX_KEPT = 256;

    private final Map<ByteBuffer, PeerProtocol> byHash = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, PeerProtocol> eldest) {
            return size() > MAX_KEPT;
        }
    };

    /** The protocol with this hash, or null if nobody has told us. */
    @Nullable
    PeerProtocol find(byte[] hash) {
        if (Arrays.equals(hash, FlumeProtocol.hash())) {
            return PeerProtocol.FLUME;
        }
        synchronized (byHash) {
            return byHash.get(ByteBuffer.wrap(hash));
        }
    }

    /**
     * Parses a peer's text. It is remembered for other connections only if the hash is the text's own: else one peer could give
     * another's protocol a wrong meaning.
     */
    PeerProtocol learn(byte[] hash, String text) {
        PeerProtocol protocol = PeerProtocol.parse(text);
        if (Arrays.equals(hash, md5(text))) {
            synchronized (byHash) {
                byHash.put(ByteBuffer.wrap(hash.clone()), protocol);
            }
        }
        return protocol;
    }

    private static byte[] md5(String text) {
        try {
            return MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has MD5", e);
        }
    }
}
