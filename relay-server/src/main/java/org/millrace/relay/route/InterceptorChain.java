package org.millrace.relay.route;

import java.util.ArrayList;
import java.util.List;
import org.millrace.api.HeaderInterceptor;
import org.millrace.api.Interceptor;
import org.millrace.codec.EventBatch;

/**
 * A source's interceptors, in listed order. Neighbours that only set a header are done in one pass over the batch. Thread-safe, as
 * every interceptor is.
 */
final class InterceptorChain {
    private final List<Interceptor> steps;

    InterceptorChain(List<Interceptor> interceptors) {
        this.steps = merged(interceptors);
    }

    /**
     * Runs the batch through; stops once nothing is left of it.
     *
     * @param batch taken over, also on failure
     * @return what is left, perhaps nothing; the caller owns it
     */
    EventBatch intercept(EventBatch batch) {
        EventBatch current = batch;
        for (Interceptor step : steps) {
            if (current.isEmpty()) {
                break;
            }
            current = step.intercept(current);
        }
        return current;
    }

    private static List<Interceptor> merged(List<Interceptor> interceptors) {
        List<Interceptor> steps = new ArrayList<>();
        List<HeaderInterceptor> neighbours = new ArrayList<>();
        for (Interceptor interceptor : interceptors) {
            if (interceptor instanceof HeaderInterceptor header) {
                neighbours.add(header);
            } else {
                addMerged(neighbours, steps);
                steps.add(interceptor);
            }
        }
        addMerged(neighbours, steps);
        return List.copyOf(steps);
    }

    private static void addMerged(List<HeaderInterceptor> neighbours, List<Interceptor> steps) {
        if (!neighbours.isEmpty()) {
            steps.add(neighbours.size() == 1 ? neighbours.get(0) : new HeaderSetters(List.copyOf(neighbours)));
            neighbours.clear();
        }
    }
}
