package org.millrace.api.support;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Settles once all parts have: done if all are, otherwise with the first part's failure itself. {@link CompletableFuture#allOf} would
 * wrap the failure, and channels and an {@link org.millrace.api.Inlet} promise the bare one.
 */
public final class AllOf {
    private final CompletableFuture<Void> whole = new CompletableFuture<>();
    private final AtomicInteger open;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    private AllOf(int parts) {
        this.open = new AtomicInteger(parts);
    }

    /** @param parts at least one */
    public static CompletableFuture<Void> of(List<CompletableFuture<Void>> parts) {
        if (parts.size() == 1) {
            return parts.get(0);
        }
        AllOf all = new AllOf(parts.size());
        parts.forEach(part -> part.whenComplete((done, partFailure) -> all.settle(partFailure)));
        return all.whole;
    }

    private void settle(@Nullable Throwable partFailure) {
        if (partFailure != null) {
            failure.compareAndSet(null, partFailure);
        }
        if (open.decrementAndGet() == 0) {
            Throwable first = failure.get();
            if (first == null) {
                whole.complete(null);
            } else {
                whole.completeExceptionally(first);
            }
        }
    }
}
