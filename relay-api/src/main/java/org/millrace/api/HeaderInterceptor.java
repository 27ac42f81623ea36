package org.millrace.api;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.EventBatch;
import org.millrace.codec.HeaderEdit;

/** An interceptor that sets one header to the same value on all events of a batch. The chain does neighbours in one pass. */
public interface HeaderInterceptor extends Interceptor {
    /** The header for the batch at hand, or null to leave it alone. */
    @Nullable
    HeaderEdit edit();

    @Override
    default EventBatch intercept(EventBatch batch) {
        HeaderEdit edit = edit();
        return edit == null ? batch : HeaderEdit.apply(List.of(edit), batch);
    }
}
