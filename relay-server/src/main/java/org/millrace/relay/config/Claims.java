package org.millrace.relay.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Directories that components keep for themselves. One thread. */
final class Claims {
    private final List<Claim> claims = new ArrayList<>();

    /**
     * A component's own directory.
     *
     * @param owner what all keys of the component start with
     * @param key in full
     */
    record Claim(String owner, String key, Place place, Path directory) {
        boolean excludes(Claim other) {
            Path ours = real(directory);
            Path theirs = real(other.directory);
            return !owner.equals(other.owner) && (ours.startsWith(theirs) || theirs.startsWith(ours));
        }

        /** Links are followed as far as the directory is there. */
        private static Path real(Path directory) {
            Path path = directory.toAbsolutePath().normalize();
            for (Path there = path; there != null; there = there.getParent()) {
                try {
                    return there.toRealPath().resolve(there.relativize(path));
                } catch (IOException e) {
                    // to be made at the start: what is above it?
                }
            }
            return path;
        }
    }

    /** @return an earlier claim that this one does not go with; null if there is none, and it counts from now on */
    @Nullable
    Claim add(Claim claim) {
        for (Claim other : claims) {
            if (other.excludes(claim)) {
                return other;
            }
        }
        claims.add(claim);
        return null;
    }
}
