package org.millrace.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * An SSL context made of files, and made anew when one of them has changed: by time stamp, size and identity, looked at no more often than every
 * second. New files that are no good leave the old context in use until they change again. Thread-safe; {@link #refresh} blocks, nothing else
 * does.
 */
final class ContextFiles {
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final @Nullable StoreFile keys;
    private final @Nullable StoreFile trust;
    private final boolean trustsAll;
    private final Check check;
    private final LongSupplier nanoTime;

    private volatile Loaded loaded;
    private volatile long lookedNanos;
    private volatile @Nullable String problem;
    private List<Stamp> stamps;

    /** Sees to it that a context will do, before it is used. */
    interface Check {
        void check(SSLContext context) throws TlsException;
    }

    /**
     * What a look at the files came to.
     *
     * @param reloaded whether there is a new context
     * @param problem why there is none although a file has changed; null if there is no such reason
     */
    record Look(boolean reloaded, @Nullable String problem) {
        static final Look NOTHING_NEW = new Look(false, null);
    }

    private record Loaded(SSLContext context, List<X509Certificate> certificates) {}

    /** @param key null where the file system has none, or there is no file */
    private record Stamp(
            FileTime changed, long bytes, @Nullable Object key) {
        static Stamp of(Path path) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
                return new Stamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
            } catch (IOException e) {
                return new Stamp(FileTime.fromMillis(0), -1, null); // the read that follows says why
            }
        }
    }

    /**
     * Reads the files.
     *
     * @param keys ours; null for none
     * @param trust whom we believe; null for whom the JDK does
     * @param trustsAll or everybody
     * @throws TlsException if one is no good
     */
    ContextFiles(
            @Nullable StoreFile keys, @Nullable StoreFile trust, boolean trustsAll, Check check, LongSupplier nanoTime)
            throws TlsException {
        this.keys = keys;
        this.trust = trust;
        this.trustsAll = trustsAll;
        this.check = check;
        this.nanoTime = nanoTime;
        this.stamps = stamps();
        this.loaded = load();
        this.lookedNanos = nanoTime.getAsLong();
    }

    SSLContext context() {
        return loaded.context();
    }

    /** Where the first of our certificates ends; null without any. */
    @Nullable
    X509Certificate firstToExpire() {
        X509Certificate first = null;
        for (X509Certificate certificate : loaded.certificates()) {
            if (first == null || expiry(certificate).isBefore(expiry(first))) {
                first = certificate;
            }
        }
        return first;
    }

    static Instant expiry(X509Certificate certificate) {
        return certificate.getNotAfter().toInstant();
    }

    /** Why the files as they are now are not in use; null if they are. */
    @Nullable
    String problem() {
        return problem;
    }

    /** True if it is time for a {@link #refresh}. */
    boolean isLookDue() {
        return nanoTime.getAsLong() - lookedNanos >= LOOK_NANOS;
    }

    /** Looks at the files, if that is due, and reads them if they have changed. */
    synchronized Look refresh() {
        if (!isLookDue()) {
            return Look.NOTHING_NEW; // somebody else was faster
        }
        lookedNanos = nanoTime.getAsLong(); // who comes while we look goes on with what there is
        List<Stamp> now = stamps();
        if (now.equals(stamps)) {
            return Look.NOTHING_NEW;
        }
        stamps = now; // taken before the files are read: what changes from here on is seen by the next look
        return reload();
    }

    private Look reload() {
        try {
            loaded = load();
            problem = null;
            return new Look(true, null);
        } catch (TlsException e) {
            problem = e.key() + ": " + e.getMessage();
            return new Look(false, problem);
        }
    }

    List<Path> paths() {
        List<Path> paths = new ArrayList<>();
        Stream.of(keys, trust).filter(Objects::nonNull).forEach(store -> paths.addAll(store.paths()));
        return paths;
    }

    private List<Stamp> stamps() {
        return paths().stream().map(Stamp::of).toList();
    }

    private Loaded load() throws TlsException {
        StoreFile.Keys own = keys == null ? null : keys.loadKeys();
        TrustManager[] trusted = trust();
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            if (own == null) {
                context.init(null, trusted, null);
            } else {
                KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
                factory.init(own.store(), own.password().characters());
                context.init(factory.getKeyManagers(), trusted, null);
            }
            check.check(context);
            return new Loaded(context, own == null ? List.of() : own.certificates());
        } catch (GeneralSecurityException e) {
            throw new TlsException(TlsKeys.SSL, "TLS is not to be had from this JDK with these stores", e);
        }
    }

    private TrustManager[] trust() throws TlsException {
        try {
            return trustsAll ? Trust.inEverybody() : Trust.in(trust == null ? null : trust.loadTrust());
        } catch (GeneralSecurityException e) {
            throw new TlsException(
                    trust == null ? TlsKeys.SSL : trust.names().file(),
                    (trust == null ? "what the JDK trusts" : trust.file()) + " cannot be used",
                    e);
        }
    }
}
