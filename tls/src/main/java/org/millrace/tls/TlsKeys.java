package org.millrace.tls;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.millrace.tls.ServerTls.ClientAuth;

/**
 * The keys of TLS, the same ones wherever they stand; Flume's, but for {@code client-auth}, {@code keystore-private-key}, {@code
 * verify-hostname}, {@code handshakeTimeout} and {@code maxHandshakes}, the trust store of who listens and the key store of who connects. Where
 * one of Flume's is left out, {@link Globals} counts. Mistakes are reported to the reader, those in the files, too.
 */
public final class TlsKeys {
    static final String SSL = "ssl";

    private static final KeyReader.Key ENABLED = key(SSL, "true or false", "false", "whether to speak TLS");
    private static final KeyReader.Key CLIENT_AUTH = key(
            "client-auth",
            "one of: none, wanted, required",
            "none",
            "whether a peer has to show a certificate that the truststore trusts; with wanted it may");
    private static final KeyReader.Key HANDSHAKE_TIMEOUT = key(
            "handshakeTimeout",
            "a whole number of seconds, 1 to 3600",
            "10",
            "how long a peer may take to connect and shake hands, in seconds");
    private static final KeyReader.Key MAX_HANDSHAKES = key(
            "maxHandshakes",
            "a whole number, 1 to 1000000",
            "1000",
            "handshakes under way at a time; the others wait unread. One holds some ten kilobytes");
    private static final KeyReader.Key TRUST_ALL = key(
            "trust-all-certs",
            "true or false",
            "false",
            "whether any certificate will do: protects from nobody who can get between the two");
    private static final KeyReader.Key VERIFY_HOST = key(
            "verify-hostname",
            "true or false",
            "true without a truststore, false with one",
            "whether the certificate has to name the host that is connected to");

    private static final int MOST_SECONDS = 3600;
    private static final int MOST_HANDSHAKES = 1_000_000;

    private final KeyReader in;
    private final Globals globals;
    private boolean hasProblem;

    private TlsKeys(KeyReader in, Globals globals) {
        this.in = in;
        this.globals = globals;
    }

    /** TLS of a component that listens; null if it is off, or if anything is wrong, which is then reported. */
    public static @Nullable ServerTls readServer(KeyReader reader, Globals globals) {
        boolean isOn = new TlsKeys(reader, globals).isTrue(ENABLED);
        return new TlsKeys(isOn ? reader : new Idle(reader), globals).server(isOn);
    }

    /** TLS of a component that connects; null if it is off, or if anything is wrong, which is then reported. */
    public static @Nullable ClientTls readClient(KeyReader reader, Globals globals) {
        boolean isOn = new TlsKeys(reader, globals).isTrue(ENABLED);
        return new TlsKeys(isOn ? reader : new Idle(reader), globals).client(isOn);
    }

    /** As {@link #readClient}, for who wants it on. */
    static @Nullable ClientTls readClientKeys(KeyReader reader, Globals globals) {
        return new TlsKeys(reader, globals).client(true);
    }

    private @Nullable ServerTls server(boolean isOn) {
        StoreKeys keys = new StoreKeys(in, this::problem, Optional.of(globals), StoreKeys.KEYS);
        StoreFile store = keys.read("the certificate that is shown, and its private key", isOn);
        OfferKeys lists = new OfferKeys(in, this::problem, globals);
        Offer offer = lists.read();
        ClientAuth clientAuth = clientAuth();
        StoreFile trust = new StoreKeys(in, this::problem, Optional.of(globals), StoreKeys.TRUST)
                .read("whom client-auth lets in", clientAuth != ClientAuth.NONE);
        int seconds = number(HANDSHAKE_TIMEOUT, MOST_SECONDS);
        int handshakes = number(MAX_HANDSHAKES, MOST_HANDSHAKES);
        if (!isOn || hasProblem) {
            return null;
        }
        StoreFile believed = clientAuth == ClientAuth.NONE ? null : trust;
        ContextFiles files = open(store, believed, false, context -> {
            lists.check(offer, context);
            rehearse(offer, context);
        });
        if (files == null) {
            return null;
        }
        ServerTls tls = new ServerTls(files, offer, clientAuth, handshakes, Duration.ofSeconds(seconds));
        noteExpiry(tls);
        return tls;
    }

    private static void rehearse(Offer offer, SSLContext context) throws TlsException {
        try {
            Rehearsal.shakeHands(context, offer);
        } catch (SSLException e) {
            throw new TlsException(StoreKeys.KEYS.file(), "with it and these lists nobody could shake hands", e);
        }
    }

    private void noteExpiry(ServerTls tls) {
        tls.certificateExpiry()
                .filter(Instant.now()::isAfter)
                .ifPresent(expiry -> in.note(
                        StoreKeys.KEYS.file(),
                        "its certificate has expired on " + expiry + ": peers that look at it will hang up"));
    }

    private @Nullable ClientTls client(boolean isOn) {
        boolean trustsAll = isTrue(TRUST_ALL);
        StoreFile trust = new StoreKeys(in, this::problem, Optional.of(globals), StoreKeys.TRUST)
                .read("whose certificates are believed; without one, those that the JDK trusts", false);
        Boolean verifies = trueOrFalse(VERIFY_HOST);
        if (trustsAll && Boolean.TRUE.equals(verifies)) {
            problem(VERIFY_HOST.name(), "true with trust-all-certs = true (expected: one of them)");
        }
        StoreFile store = new StoreKeys(in, this::problem, Optional.empty(), StoreKeys.KEYS)
                .read("the certificate to show to a peer that asks for one, and its private key", false);
        OfferKeys lists = new OfferKeys(in, this::problem, globals);
        Offer offer = lists.read();
        if (!isOn || hasProblem) {
            return null;
        }
        ContextFiles files = open(store, trust, trustsAll, context -> lists.check(offer, context));
        if (files == null) {
            return null;
        }
        if (verifies == null && trust != null && !trustsAll) {
            in.note(VERIFY_HOST.name(), "false, as in Flume, as there is a truststore; true is safer");
        }
        boolean verifiesHost = verifies != null ? verifies : !trustsAll && trust == null;
        return new ClientTls(files, offer, verifiesHost);
    }

    private @Nullable ContextFiles open(
            @Nullable StoreFile keys, @Nullable StoreFile trust, boolean trustsAll, ContextFiles.Check check) {
        try {
            return new ContextFiles(keys, trust, trustsAll, check, System::nanoTime);
        } catch (TlsException e) {
            problem(e.key(), String.valueOf(e.getMessage()));
            return null;
        }
    }

    private ClientAuth clientAuth() {
        String text = in.read(CLIENT_AUTH);
        for (ClientAuth each : ClientAuth.values()) {
            if (each.name().equalsIgnoreCase(text)) {
                return each;
            }
        }
        if (text != null) {
            problem(CLIENT_AUTH, text);
        }
        return ClientAuth.NONE;
    }

    private boolean isTrue(KeyReader.Key key) {
        return Boolean.TRUE.equals(trueOrFalse(key));
    }

    private @Nullable Boolean trueOrFalse(KeyReader.Key key) {
        String text = in.read(key);
        if (text == null || text.equalsIgnoreCase("false")) {
            return text == null ? null : false;
        }
        if (!text.equalsIgnoreCase("true")) {
            problem(key, text);
        }
        return true;
    }

    private int number(KeyReader.Key key, int most) {
        int byDefault = Integer.parseInt(Optional.ofNullable(key.byDefault()).orElse("1"));
        String text = in.read(key);
        if (text == null) {
            return byDefault;
        }
        try {
            int number = Integer.parseInt(text);
            if (number >= 1 && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        problem(key, text);
        return byDefault;
    }

    private void problem(KeyReader.Key key, String found) {
        problem(key.name(), found + " (expected: " + key.expected() + ")");
    }

    private void problem(String key, String message) {
        hasProblem = true;
        in.problem(key, message);
    }

    static KeyReader.Key key(String name, String expected, @Nullable String byDefault, String meaning) {
        return new KeyReader.Key(name, expected, byDefault, meaning, false);
    }

    /** While TLS is off its keys are known, and have no effect. */
    private record Idle(KeyReader reader) implements KeyReader {
        @Override
        public @Nullable String read(KeyReader.Key key) {
            if (reader.read(key) != null) {
                reader.note(key.name(), "has no effect: ssl is false");
            }
            return null;
        }

        @Override
        public void problem(String key, String message) {
            // nothing was read that could be wrong
        }

        @Override
        public void note(String key, String message) {
            // nor what would be worth a note
        }
    }
}
