package org.millrace.relay.route;

import java.util.ArrayList;
import java.util.List;
import org.millrace.api.HeaderInterceptor;
import org.millrace.api.Interceptor;
import org.millrace.codec.EventBatch;
import org.millrace.codec.HeaderEdit;

/** Neighbouring header interceptors as one: the same headers as one after another, in one pass. */
final class HeaderSetters implements Interceptor {
    private final List<HeaderInterceptor> setters;

    HeaderSetters(List<HeaderInterceptor> setters) {
        this.setters = setters;
    }

    @Override
    public EventBatch intercept(EventBatch batch) {
        List<HeaderEdit> edits = edits(batch);
        return edits.isEmpty() ? batch : HeaderEdit.apply(edits, batch);
    }

    private List<HeaderEdit> edits(EventBatch batch) {
        try {
            List<HeaderEdit> edits = new ArrayList<>(setters.size());
            for (HeaderInterceptor setter : setters) {
                HeaderEdit edit = setter.edit();
                if (edit != null) {
                    edits.add(edit);
                }
            }
            return edits;
        } catch (RuntimeException e) {
            batch.release(); // ours also on failure
            throw e;
        }
    }
}
